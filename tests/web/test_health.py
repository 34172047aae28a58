import shutil


def test_health_asks_nothing(client, monkeypatch):
    monkeypatch.setattr("pinboard.web.health.db", None)
    assert client.get("/healthz").json == {"status": "ok"}


def test_ready_writes_to_database_and_media(client):
    assert client.get("/readyz").json == {"status": "ok", "database": True, "media": True}


def test_not_ready_without_media(client, config):
    shutil.rmtree(config.media_path)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["media"]) == (503, False)


def test_robots_are_sent_away(client):
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    assert client.get("/healthz").headers["X-Robots-Tag"] == "noindex, nofollow"
