from __future__ import annotations

import os
from pathlib import Path

import pytest

from pinboard.config import ConfigError, load, misspelt, shown


@pytest.fixture
def base(tmp_path):
    return {"PINBOARD_DATA": str(tmp_path)}


def refusal(environ):
    with pytest.raises(ConfigError) as caught:
        load(environ)
    return str(caught.value)


def test_nothing_needs_to_be_set():
    config = load({})
    here = Path.cwd() / "instance"
    assert (config.data, config.host, config.port, config.demo) == (here, "127.0.0.1", 8000, False)
    assert config.database_url == f"sqlite:///{here}/pinboard.sqlite"
    assert config.database_path == here / "pinboard.sqlite"
    assert config.media_path == here / "media"
    assert (config.keys, config.vault_path) == (here / "keys", here / "vault")
    assert config.origin == "http://127.0.0.1:8000"
    assert config.secure_cookies is False


def test_reading_makes_nothing(tmp_path):
    load({"PINBOARD_DATA": str(tmp_path / "new")})
    assert list(tmp_path.iterdir()) == []


def test_the_environment_wins_over_the_file(base, tmp_path):
    (tmp_path / "config.toml").write_text('port = 9000\nhost = "0.0.0.0"\ndemo = true\n')
    config = load(base | {"PINBOARD_PORT": "9001"})
    assert (config.port, config.host, config.demo) == (9001, "0.0.0.0", True)  # noqa: S104


def test_an_empty_variable_is_not_set(base):
    assert load(base | {"PINBOARD_PORT": " "}).port == 8000


def test_a_secret_may_be_in_a_file(base, tmp_path):
    (tmp_path / "word").write_text("correct horse\n")
    config = load(base | {"PINBOARD_ADMIN_EMAIL": "ada@x.example", "PINBOARD_ADMIN_PASSWORD_FILE": f"{tmp_path}/word"})
    assert config.admin_password == "correct horse"


def test_a_secret_file_must_be_there_and_hold_something(base, tmp_path):
    assert "cannot be read" in refusal(base | {"PINBOARD_SMTP_URL_FILE": f"{tmp_path}/none"})
    (tmp_path / "empty").write_text("\n")
    assert "empty file" in refusal(base | {"PINBOARD_SMTP_URL_FILE": f"{tmp_path}/empty"})
    both = {"PINBOARD_SMTP_URL": "smtp://a", "PINBOARD_SMTP_URL_FILE": f"{tmp_path}/empty"}
    assert "not both" in refusal(base | both)


def test_only_secrets_have_files(base, tmp_path):
    (tmp_path / "port").write_text("9000")
    assert load(base | {"PINBOARD_PORT_FILE": f"{tmp_path}/port"}).port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("PORT", "²"),
        ("THREADS", "1"),
        ("DEMO", "perhaps"),
        ("SECURE_COOKIES", "sometimes"),
        ("BASE_URL", "pinboard.example"),
        ("BASE_URL", "https://pinboard.example/sub"),
        ("BASE_URL", "javascript:alert(1)"),
        ("DATABASE_URL", "mysql://a/b"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("MEDIA_URL", "ftp://a/b"),
        ("MEDIA_URL", "s3:///b"),
        ("REDIS_URL", "localhost:6379"),
        ("SMTP_URL", "mail.example"),
        ("MAIL_FROM", "nobody"),
        ("WORKER", "elsewhere"),
        ("TRUSTED_PROXIES", "10.0.0.1"),
        ("UPLOAD_FILE_MB", "0"),
    ],
)
def test_nonsense_is_refused_by_name(base, name, value):
    sentence = refusal(base | {f"PINBOARD_{name}": value})
    assert sentence.startswith(f"PINBOARD_{name} must be")
    assert sentence.endswith(".")


def test_a_refusal_does_not_repeat_a_secret(base):
    assert "hunter2" not in refusal(base | {"PINBOARD_DATABASE_URL": "mysql://root:hunter2@db/x"})


def test_settings_that_need_each_other(base):
    assert "needs PINBOARD_ADMIN_PASSWORD" in refusal(base | {"PINBOARD_ADMIN_EMAIL": "ada@x.example"})
    assert "one file" in refusal(base | {"PINBOARD_UPLOAD_FILE_MB": "2000"})
    assert "PostgreSQL" in refusal(base | {"PINBOARD_WORKER": "separate"})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql(base, scheme):
    config = load(base | {"PINBOARD_DATABASE_URL": f"{scheme}://a:b@db/x"})
    assert (config.database_url, config.database_path) == ("postgresql+psycopg://a:b@db/x", None)


def test_a_bucket_has_no_folder(base):
    config = load(base | {"PINBOARD_MEDIA_URL": "s3://bucket/prefix/"})
    assert (config.media_url, config.media_path) == ("s3://bucket/prefix", None)


def test_a_folder_with_odd_letters_comes_back(tmp_path):
    data = tmp_path / "Klinik Süd 100%"
    config = load({"PINBOARD_DATA": str(data)})
    assert config.media_path == data / "media"
    assert config.database_path == data / "pinboard.sqlite"


def test_cookies_follow_the_address(base):
    https = base | {"PINBOARD_BASE_URL": "https://pinboard.example/"}
    assert load(https).origin == "https://pinboard.example"
    assert load(https).secure_cookies is True
    assert load(https | {"PINBOARD_SECURE_COOKIES": "off"}).secure_cookies is False


@pytest.mark.parametrize(
    ("text", "words"), [("port = ", "cannot be read"), ("prot = 1", "no setting"), ("port = [1]", "a number")]
)
def test_a_wrong_file_is_refused(base, tmp_path, text, words):
    (tmp_path / "config.toml").write_text(text)
    assert words in refusal(base)


def test_the_data_folder_cannot_move_itself(base, tmp_path):
    (tmp_path / "config.toml").write_text('data = "/elsewhere"')
    assert "no setting there" in refusal(base)


def test_secrets_are_masked(base):
    environ = base | {"PINBOARD_ADMIN_EMAIL": "ada@x.example", "PINBOARD_ADMIN_PASSWORD": "correct horse"}
    config = load(environ)
    assert "correct horse" not in str(shown(config)) + repr(config)
    assert shown(config)["admin_password"] == "(set)"
    assert shown(config)["smtp_url"] == ""


def test_misspelt_names_are_found():
    given = {"PINBOARD_PROT": "1", "PINBOARD_PORT": "1", "PINBOARD_SMTP_URL_FILE": "x", "PINBOARD_SAMPLES": "x"}
    assert misspelt(given) == ["PINBOARD_PROT"]
    assert misspelt(dict(os.environ)) == []
