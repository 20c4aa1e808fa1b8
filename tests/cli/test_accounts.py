"""`redletter accounts`, asked of platforms on this machine."""

from collections.abc import Iterator

import pytest

from tests.builders.processes import SECRETS, Platforms, write_config
from tests.builders.workspaces import Desk


@pytest.fixture(scope="module")
def platforms() -> Iterator[Platforms]:
    platforms = Platforms()
    yield platforms
    platforms.kill()


@pytest.fixture
def real_desk(desk: Desk, platforms: Platforms) -> Desk:
    write_config(desk.folder, platforms)
    desk.environment = dict(SECRETS)
    return desk


def test_every_login_is_checked_and_nothing_is_posted(real_desk: Desk, platforms: Platforms) -> None:
    lines = real_desk.done("accounts").lines

    assert [line.split()[0] for line in lines] == ["Account", "force-x", "force-mastodon", "force-bluesky", "outbox"]
    assert all(line.split()[2] == "ok" for line in lines[1:])
    assert platforms.texts() == []


def test_a_wrong_token_is_one_clear_line_and_the_others_are_checked_all_the_same(real_desk: Desk) -> None:
    real_desk.environment["MASTODON_TOKEN"] = "wrong"

    said = real_desk.type("accounts")

    assert said.code == 1
    (wrong,) = [line for line in said.lines if "FAILED" in line]
    assert wrong.startswith("force-mastodon  mastodon  FAILED")
    assert said.out.count(" ok ") == 3
    assert "Traceback" not in said.err


def test_a_missing_secret_is_said_for_its_account(real_desk: Desk) -> None:
    del real_desk.environment["BLUESKY_PASSWORD"]

    said = real_desk.type("accounts")

    assert said.code == 1
    (wrong,) = [line for line in said.lines if "FAILED" in line]
    assert wrong.startswith("force-bluesky")
    assert "BLUESKY_PASSWORD is not set" in wrong


def test_with_debug_no_secret_is_shown(real_desk: Desk, platforms: Platforms) -> None:
    platforms.script({"path": "verify_credentials", "status": 500, "body": f"oops {SECRETS['MASTODON_TOKEN']}"})

    said = real_desk.type("--debug", "accounts")

    assert said.code == 1
    shown = said.out + said.err
    assert [value for value in SECRETS.values() if value in shown] == []


def test_accounts_as_json_have_a_shape_that_stays(real_desk: Desk) -> None:
    logins = real_desk.json("accounts", "outbox", "force-bluesky")

    assert logins == [
        {"account": "force-bluesky", "platform": "bluesky", "login": "@testshire.example", "problem": None},
        {"account": "outbox", "platform": "outbox", "login": str(real_desk.folder / "outbox/outbox"), "problem": None},
    ]


def test_an_unknown_account_gets_a_guess(desk: Desk) -> None:
    said = desk.type("accounts", "press-y")

    assert (said.code, said.err) == (1, 'unknown account "press-y"; did you mean "press-x"?\n')


def test_a_config_without_accounts_says_so(desk: Desk) -> None:
    desk.write("config.toml", "").chmod(0o600)

    assert desk.done("accounts").lines == ["config.toml has no accounts yet."]
