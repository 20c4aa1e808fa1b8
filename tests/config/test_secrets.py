"""A secret is named in the config and never shown: not by repr, logs, errors, JSON or pickles."""

import dataclasses
import json
import logging
import pickle
import pprint
import traceback
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from scheduler.config import Account, Config, Secret, known_secrets, load_config, redact, register_secret
from scheduler.errors import ConfigError
from tests.builders.config import PLATFORMS, config, write_config
from tests.builders.tomlfile import write

VALUE = 'hunter2/ä+b=c&d "e"'
ACCOUNT = """
[accounts.a]
platform = "bluesky"
handle = "a.example"
app_password = "env:A_PASSWORD"
"""


@pytest.fixture
def revealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("A_PASSWORD", VALUE)
    loaded = config(tmp_path, ACCOUNT)
    assert loaded.accounts["a"].secrets["app_password"].reveal() == VALUE
    return loaded


@pytest.mark.parametrize(
    "show",
    [
        pytest.param(repr, id="repr"),
        pytest.param(str, id="str"),
        pytest.param(lambda it: f"{it} {it!r} {it!s}", id="f-string"),
        pytest.param(lambda it: logging.LogRecord("x", 10, "x", 1, "%s %r", (it, it), None).getMessage(), id="logging"),
        pytest.param(pprint.pformat, id="pprint"),
        pytest.param(lambda it: json.dumps(it, default=str), id="json"),
        pytest.param(lambda it: json.dumps(dataclasses.asdict(it), default=str), id="asdict"),
        pytest.param(lambda it: pickle.dumps(it).decode("latin-1"), id="pickle"),
        pytest.param(lambda it: repr(dir(it)), id="dir"),
    ],
)
def test_no_way_of_showing_shows_the_value(revealed: Config, show):
    account = revealed.accounts["a"]

    for shown in (revealed, account, account.secrets["app_password"]):
        text = show(shown)
        assert "hunter2" not in text


def test_a_pickled_config_comes_back(revealed: Config):
    assert pickle.loads(pickle.dumps(revealed)) == revealed


def test_an_environment_variable_is_read_when_it_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("A_PASSWORD", raising=False)
    secret = config(tmp_path, ACCOUNT).accounts["a"].secrets["app_password"]
    with pytest.raises(
        ConfigError, match=r'^secret "app_password" of account "a": the environment variable A_PASSWORD is not set$'
    ):
        secret.reveal()

    monkeypatch.setenv("A_PASSWORD", "later")

    assert secret.reveal() == "later"


def test_a_secret_of_no_account_is_named_by_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("PING", raising=False)
    ping = config(tmp_path, "[alarms]\nping = 'env:PING'").alarms.ping
    assert ping is not None

    with pytest.raises(ConfigError, match=r"^alarms\.ping: the environment variable PING is not set$"):
        ping.reveal()


@pytest.mark.parametrize(
    ("content", "expected"), [("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), (" a b ", " a b ")]
)
def test_a_file_gives_its_content_without_the_line_end(tmp_path: Path, content: str, expected: str):
    path = tmp_path / "secrets" / "a"
    path.parent.mkdir()
    path.write_bytes(content.encode())

    assert Secret("file:secrets/a", "a", "token", tmp_path).reveal() == expected


def test_a_file_may_stand_elsewhere(tmp_path: Path):
    path = write(tmp_path / "elsewhere", "s3cret\n", "a")

    assert Secret(f"file:{path}", "a", "token", tmp_path / "workspace").reveal() == "s3cret"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "there is no file"),
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b" \n", "is empty"),
        (b"hunter2\xff\xfe", "is not UTF-8 text"),
    ],
)
def test_a_file_without_a_secret_names_account_and_key(tmp_path: Path, content: bytes | None, reason: str):
    if content is not None:
        (tmp_path / "a").write_bytes(content)

    with pytest.raises(ConfigError) as error:
        Secret("file:a", "force", "token", tmp_path).reveal()

    shown = "".join(traceback.format_exception(error.value))
    assert str(error.value).startswith('secret "token" of account "force": ')
    assert reason in str(error.value)
    assert "hunter2" not in shown


def test_a_folder_is_no_secret(tmp_path: Path):
    with pytest.raises(ConfigError, match="cannot be read"):
        Secret("file:.", "force", "token", tmp_path).reveal()


@pytest.mark.parametrize(
    "written",
    [
        '"hunter2"',
        '"env:hunter2 with spaces"',
        '"ENV:hunter2"',
        '"file:"',
        '["hunter2"]',
        '{ value = "hunter2" }',
        '""',
    ],
)
def test_a_secret_written_plain_is_refused_and_not_repeated(tmp_path: Path, written: str):
    text = f'[accounts.a]\nplatform = "bluesky"\nhandle = "a.example"\napp_password = {written}\n'

    with pytest.raises(ConfigError) as error:
        config(tmp_path, text)

    shown = "".join(traceback.format_exception(error.value))
    (problem,) = error.value.problems
    assert (problem.line, problem.key) == (4, "accounts.a.app_password")
    assert "env:NAME" in problem.message
    assert "file:PATH" in problem.message
    assert "hunter2" not in shown


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('access_token = "hunter2"', id="unknown key at the top"),
        pytest.param(
            '[accounts.a]\nplatform = "outbox"\nlike = "x"\ntoken = "hunter2"', id="unknown key of an account"
        ),
        pytest.param('[accounts.a]\nplatform = "outbox"\nlike = ["hunter2"]', id="wrong type"),
        pytest.param('[accounts.a]\nplatform = "bluesky"\napp_password = “hunter2”', id="curly marks"),
        pytest.param('[accounts.a]\nplatform = "bluesky"\napp_password = hunter2', id="no marks"),
        pytest.param('[accounts.a]\nplatform = "bluesky"\napp_password = "hunter2', id="no closing mark"),
        pytest.param('[publishing]\ntimeout = ["hunter2"]', id="wrong type of a known key"),
    ],
)
def test_no_error_repeats_what_may_be_a_secret(tmp_path: Path, text: str):
    with pytest.raises(ConfigError) as error:
        config(tmp_path, text)

    assert "hunter2" not in str(error.value)
    assert "hunter2" not in repr(error.value)


def test_a_missing_secret_does_not_keep_the_config_from_loading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("A_PASSWORD", raising=False)
    write_config(tmp_path, ACCOUNT)

    assert isinstance(load_config(tmp_path, PLATFORMS).accounts["a"], Account)


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(lambda it: it, id="plain"),
        pytest.param(lambda it: quote(it, safe=""), id="percent-encoded"),
        pytest.param(quote, id="percent-encoded, slashes kept"),
        pytest.param(quote_plus, id="form-encoded"),
        pytest.param(lambda it: json.dumps(it)[1:-1], id="JSON"),
        pytest.param(lambda it: json.dumps(it, ensure_ascii=False)[1:-1], id="JSON in UTF-8"),
        pytest.param(
            lambda it: (
                quote(it, safe="")
                .replace("%2F", "%2f")
                .replace("%C3%A4", "%c3%a4")
                .replace("%2B", "%2b")
                .replace("%3D", "%3d")
            ),
            id="percent-encoded in small letters",
        ),
    ],
)
def test_a_revealed_secret_is_redacted_in_every_form(revealed: Config, form):
    line = f"Authorization: Bearer {form(VALUE)}, done"

    assert redact(line) == "Authorization: Bearer [secret], done"


def test_a_secret_inside_a_longer_one_leaves_nothing_of_it():
    register_secret("abc")
    register_secret("abcdef")

    assert redact("token=abcdef") == "token=[secret]"


def test_an_empty_value_is_no_secret():
    register_secret("")

    assert known_secrets() == frozenset()
    assert redact("text") == "text"


def test_what_was_never_revealed_is_left_alone():
    register_secret("s3cret")

    assert redact("an ordinary line") == "an ordinary line"
    assert known_secrets() == {"s3cret"}
