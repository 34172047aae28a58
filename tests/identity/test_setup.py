import stat
from datetime import timedelta

from pinboard import clock
from pinboard.config import load
from pinboard.identity import links, setup
from tests.factories import make_user


def test_the_link_stays_the_same_until_it_is_used(session, tmp_path):
    config = load({"PINBOARD_DATA": str(tmp_path), "PINBOARD_BASE_URL": "https://pin.example"})
    url = setup.ensure_link(session, config)
    assert url.startswith("https://pin.example/setup?token=")
    assert setup.ensure_link(session, config) == url
    assert stat.S_IMODE(config.setup_path.stat().st_mode) == 0o600
    make_user(session, is_admin=True)
    assert setup.ensure_link(session, config) is None
    assert not config.setup_path.exists()


def test_a_link_that_grew_old_is_replaced(session, tmp_path, monkeypatch):
    config = load({"PINBOARD_DATA": str(tmp_path)})
    url = setup.ensure_link(session, config)
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(links, "now", lambda: later)
    assert setup.ensure_link(session, config) != url


def test_a_file_that_somebody_wrote_is_not_believed(session, tmp_path):
    config = load({"PINBOARD_DATA": str(tmp_path)})
    config.setup_path.write_text("http://evil.example/setup?token=guessed\n")
    assert "guessed" not in setup.ensure_link(session, config)
