"""config.toml becomes a Config, or a list of all that is wrong with it."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from scheduler.config import (
    Account,
    AccountKeys,
    Alarms,
    Config,
    Health,
    Publishing,
    Secret,
    find_workspace,
    load_config,
)
from scheduler.errors import ConfigError
from tests.builders.config import PLATFORMS, config, write_config
from tests.builders.tomlfile import write

FULL = """
database = "sqlite:///books/our.db"
time_zone = "Europe/Dublin"
organisation = "Harbourside Council"
language = "cy"
allow_private_addresses = true

[publishing]
at_once = 5
per_account = 2
timeout = "10s"
drain = "1m"
pace = "45s"

[alarms]
unapproved = "2d"
silence = "10m"
gather = "30s"
digest = "17:00"
ping = "env:PING"

[alarms.to]
mail = "file:secrets/mail"

[alarms.webhooks]
desk = "env:DESK"

[daemon]
heartbeat_file = "heartbeat"
health_port = 8321

[accounts.team-mastodon]
platform = "mastodon"
base_url = "https://social.example/"
access_token = "env:TEAM_TOKEN"
limits.max_characters = 1000
pace = "5m"

[accounts.team-bluesky]
platform = "bluesky"
handle = "team.example"
app_password = "file:secrets/bluesky"
"""


def test_every_key_arrives(tmp_path: Path):
    loaded = config(tmp_path, FULL)

    assert loaded == Config(
        workspace=tmp_path,
        database="sqlite:///books/our.db",
        time_zone="Europe/Dublin",
        organisation="Harbourside Council",
        language="cy",
        accounts={
            "team-mastodon": Account(
                "team-mastodon",
                "mastodon",
                "https://social.example",
                {"access_token": Secret("env:TEAM_TOKEN", "team-mastodon", "access_token", tmp_path)},
                {},
                {"max_characters": 1000},
                timedelta(minutes=5),
            ),
            "team-bluesky": Account(
                "team-bluesky",
                "bluesky",
                None,
                {"app_password": Secret("file:secrets/bluesky", "team-bluesky", "app_password", tmp_path)},
                {"handle": "team.example"},
            ),
        },
        publishing=Publishing(5, 2, timedelta(seconds=10), timedelta(minutes=1), timedelta(seconds=45)),
        alarms=Alarms(
            unapproved=timedelta(days=2),
            silence=timedelta(minutes=10),
            gather=timedelta(seconds=30),
            digest=time(17),
            to={"mail": Secret("file:secrets/mail", "", "alarms.to.mail", tmp_path)},
            webhooks={"desk": Secret("env:DESK", "", "alarms.webhooks.desk", tmp_path)},
            ping=Secret("env:PING", "", "alarms.ping", tmp_path),
        ),
        health=Health("heartbeat", 8321),
        allow_private_addresses=True,
    )
    assert loaded.database_path == tmp_path / "books/our.db"


def test_an_empty_file_gives_the_defaults(tmp_path: Path):
    assert config(tmp_path, "") == Config(workspace=tmp_path)


def test_without_config_toml_the_example_is_used(tmp_path: Path):
    write(tmp_path, 'organisation = "Example"', "config.example.toml")

    assert load_config(tmp_path, PLATFORMS).organisation == "Example"


def test_config_toml_comes_before_the_example(tmp_path: Path):
    write(tmp_path, 'organisation = "Example"', "config.example.toml")

    assert config(tmp_path, 'organisation = "Ours"').organisation == "Ours"


def test_a_folder_without_either_is_no_workspace(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"no workspace here.*run: redletter init"):
        load_config(tmp_path, PLATFORMS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('organization = "x"', ':1: unknown key "organization"; did you mean "organisation"?'),
        ("organisation = 3", ":1: organisation: expected text, found a number"),
        (
            'time_zone = "Europe/Lodnon"',
            ':1: time_zone: unknown time zone "Europe/Lodnon"; did you mean "Europe/London"?',
        ),
        ('time_zone = "london"', ':1: time_zone: unknown time zone "london"; did you mean "Europe/London"?'),
        ('time_zone = "../../etc/passwd"', ':1: time_zone: unknown time zone "../../etc/passwd"'),
        ('time_zone = ""', ':1: time_zone: unknown time zone ""'),
        ('language = "English!"', ':1: language: expected a language such as "en-GB" or "cy", found "English!"'),
        (
            'database = "postgresql://me:hunter2@db/x"',
            ':1: database: only SQLite is supported yet; expected "sqlite:///redletter.db"',
        ),
        ('database = "sqlite://"', ':1: database: expected "sqlite:///" and a file, as in "sqlite:///redletter.db"'),
        ('database = "sqlite:///:memory:"', ":1: database: expected"),
        ('database = "redletter.db"', ":1: database: only SQLite is supported yet"),
        ("allow_private_addresses = 1", ":1: allow_private_addresses: expected true or false, found a number"),
        ("publishing = 1", ":1: publishing: expected a table, found a number"),
        ("[publishing]\nat_once = 0", ":2: publishing.at_once: expected 1 or more"),
        ("[publishing]\nper_account = 1.5", ":2: publishing.per_account: expected a whole number, found a number"),
        ("[publishing]\nat_once = 5000", ":2: publishing.at_once: expected 1000 or less"),
        ("[publishing]\ntimeout = 30", ':2: publishing.timeout: expected a length of time such as "30s" or "2m"'),
        ('[publishing]\ndrain = "soon"', ":2: publishing.drain: expected a length of time"),
        ("[publishing]\npace = 30", ':2: publishing.pace: expected a length of time such as "30s" or "2m"'),
        ('[publishing]\ntimout = "1s"', ':2: publishing: unknown key "timout"; did you mean "timeout"?'),
        ("[alarms]\nunaproved = '1d'", ':2: alarms: unknown key "unaproved"; did you mean "unapproved"?'),
        ("[alarms]\ndigest = '25:00'", ':2: alarms.digest: expected a local time as text, such as "17:00"'),
        ("[alarms]\ndigest = 17:00:00", ':2: alarms.digest: expected a local time as text, such as "17:00"'),
        (
            "[alarms]\nping = 'https://hc.example/hunter2'",
            ":2: alarms.ping: a secret must not stand in this file itself",
        ),
        ("[alarms]\nto = 'mail'", ":2: alarms.to: expected a table of addresses, [alarms.to], found text"),
        ("[alarms.to]\nmail = 'mailto://me:hunter2@x'", ":2: alarms.to.mail: a secret must not stand in this file"),
        ("[alarms.to]\nmail = 3", ':2: alarms.to.mail: expected "env:NAME" or "file:PATH", found a number'),
        ("[alarms.to]\nMail = 'env:M'", ":2: alarms.to.Mail: expected small letters, digits and hyphens"),
        (
            "[alarms.to]\nmail = 'env:M'\n[alarms.webhooks]\nmail = 'env:W'",
            ":4: alarms.webhooks.mail: stands in [alarms.to] already; give it another name",
        ),
        ("[daemon]\nhealth_port = 70000", ":2: daemon.health_port: expected 65535 or less"),
        ("[daemon]\nheartbeat_file = ' '", ':2: daemon.heartbeat_file: expected the name of a file, as in "heartbeat"'),
        ('accounts = ["force-x"]', ":1: accounts: expected a table for each account, [accounts.NAME], found a list"),
        ('[accounts]\nforce-x = "x"', ":2: accounts.force-x: expected a table, [accounts.force-x], found text"),
        ('[accounts.Force_X]\nplatform = "outbox"\nlike = "x"', ":1: accounts.Force_X: expected small letters"),
        ('[accounts.a]\nplatform = "outbox"\nlike = "x"\n[accounts.a]', ":4: the table [accounts.a] stands twice"),
        ('[accounts.a]\nlike = "x"', ":1: accounts.a.platform: is missing; expected one of"),
        ("[accounts.a]\nplatform = 3", ":2: accounts.a.platform: expected text, found a number"),
        (
            '[accounts.a]\nplatform = "mastodn"',
            ':2: accounts.a.platform: unknown platform "mastodn"; did you mean "mastodon"?',
        ),
        (
            '[accounts.a]\nplatform = "pigeon"',
            ':2: accounts.a.platform: unknown platform "pigeon"; expected one of "bluesky", "mastodon", "outbox", "x"',
        ),
        (
            '[accounts.a]\nplatform = "outbox"\nlike = "x"\nlikes = "x"',
            ':4: accounts.a: unknown key "likes"; did you mean "like"?',
        ),
        (
            '[accounts.a]\nplatform = "outbox"\nlike = "x"\nbase_url = "https://a.example"',
            ':4: accounts.a: unknown key "base_url"',
        ),
        ('[accounts.a]\nplatform = "outbox"', ":1: accounts.a.like: is missing; expected text"),
        ('[accounts.a]\nplatform = "outbox"\nlike = 3', ":3: accounts.a.like: expected text, found a number"),
        ('[accounts.a]\nplatform = "outbox"\nlike = " "', ":3: accounts.a.like: is empty"),
        (
            '[accounts.a]\nplatform = "mastodon"\nbase_url = "https://a.example"',
            ':1: accounts.a.access_token: is missing; expected "env:NAME" or "file:PATH"',
        ),
        (
            '[accounts.a]\nplatform = "mastodon"\naccess_token = "env:A"',
            ":1: accounts.a.base_url: is missing; expected the address of the server",
        ),
        (
            '[accounts.a]\nplatform = "outbox"\nlike = "x"\nlimits.characters = 5',
            ':4: accounts.a.limits: unknown key "characters"; did you mean "max_characters"?',
        ),
        (
            '[accounts.a]\nplatform = "outbox"\nlike = "x"\nlimits = 3',
            ":4: accounts.a.limits: expected a table of numbers, found a number",
        ),
        (
            '[accounts.a]\nplatform = "outbox"\nlike = "x"\nlimits.max_characters = "500"',
            ":4: accounts.a.limits.max_characters: expected a whole number, found text",
        ),
        (
            '[accounts.a]\nplatform = "outbox"\nlike = "x"\nlimits.max_characters = true',
            ":4: accounts.a.limits.max_characters: expected a whole number, found true or false",
        ),
        (
            '[accounts.a]\nplatform = "outbox"\nlike = "x"\nlimits.max_characters = 0',
            ":4: accounts.a.limits.max_characters: expected a number of 1 or more, found 0",
        ),
        (
            '[accounts.a]\nplatform = "outbox"\nlike = "x"\npace = "slow"',
            ':4: accounts.a.pace: expected a length of time such as "90m", "2h" or "1d", found "slow"',
        ),
    ],
)
def test_a_mistake_is_explained_with_its_line(tmp_path: Path, text: str, expected: str):
    with pytest.raises(ConfigError) as error:
        config(tmp_path, text)

    assert str(error.value).startswith(f"config.toml{expected}")
    assert len(error.value.problems) == 1
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://social.example", "must begin with https://"),
        ("http://10.0.0.5:3000", "must begin with https://"),
        ("ftp://social.example", "is not a web address"),
        ("social.example", "is not a web address"),
        ("https://", "is not a web address"),
        ("https://social.example:port", "is not a web address"),
        ("https://social example", "is not a web address"),
        ("https://me:hunter2@social.example", "must not hold a user name or password"),
        ("https://social.example/?token=hunter2", "must end before any"),
    ],
)
def test_an_address_that_would_leak_or_fail_is_refused(tmp_path: Path, address: str, reason: str):
    with pytest.raises(ConfigError, match=f"config.toml:3: accounts.a.base_url: {reason}") as error:
        config(tmp_path, f'[accounts.a]\nplatform = "mastodon"\nbase_url = "{address}"\naccess_token = "env:A"')

    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:3000", "http://localhost", "http://[::1]:8080", "https://social.example/base"]
)
def test_https_and_this_machine_itself_are_accepted(tmp_path: Path, address: str):
    loaded = config(tmp_path, f'[accounts.a]\nplatform = "mastodon"\nbase_url = "{address}"\naccess_token = "env:A"')

    assert loaded.accounts["a"].base_url == address


def test_all_problems_come_at_once_in_the_order_of_the_file(tmp_path: Path):
    text = """
        time_zone = "Nowhere/Land"
        colour = "red"
        [publishing]
        at_once = "many"
        [accounts.a]
        platform = "x"
        consumer_key = "env:A"
        [accounts.b]
        platform = "y"
    """

    with pytest.raises(ConfigError) as error:
        config(tmp_path, text)

    found = [(problem.line, problem.key) for problem in error.value.problems]
    assert found == [
        (2, "time_zone"),
        (3, None),
        (5, "publishing.at_once"),
        (6, "accounts.a.consumer_secret"),
        (6, "accounts.a.access_token"),
        (6, "accounts.a.access_token_secret"),
        (10, "accounts.b.platform"),
    ]


def test_a_key_that_may_be_missing_may_be_missing(tmp_path: Path):
    write_config(tmp_path, '[accounts.a]\nplatform = "one"')
    platforms = {"one": AccountKeys(secrets=("token",), plain=("handle",), optional=("token", "handle"))}

    account = load_config(tmp_path, platforms).accounts["a"]

    assert (account.secrets, account.settings) == ({}, {})


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_config_that_others_can_read_gets_a_warning(tmp_path: Path, mode: int):
    write_config(tmp_path, "").chmod(mode)

    (warning,) = load_config(tmp_path, PLATFORMS).warnings

    assert "can be read by other users" in warning
    assert f"chmod 600 {tmp_path / 'config.toml'}" in warning


def test_a_config_of_ones_own_and_the_example_get_none(tmp_path: Path):
    assert config(tmp_path, "").warnings == ()
    (tmp_path / "config.toml").unlink()
    write(tmp_path, "", "config.example.toml").chmod(0o644)
    assert load_config(tmp_path, PLATFORMS).warnings == ()


def test_a_workspace_is_found_from_below(tmp_path: Path):
    write_config(tmp_path / "work", "")
    below = tmp_path / "work" / "campaigns" / "2027"
    below.mkdir(parents=True)

    assert find_workspace(below) == tmp_path / "work"


def test_an_example_beside_campaigns_makes_a_workspace(tmp_path: Path):
    write(tmp_path, "", "config.example.toml")
    with pytest.raises(ConfigError):
        find_workspace(tmp_path)

    (tmp_path / "campaigns").mkdir()

    assert find_workspace(tmp_path / "campaigns") == tmp_path


def test_no_workspace_says_how_to_make_one(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"no workspace here: .*; run: redletter init"):
        find_workspace(tmp_path)


def test_how_often_articles_are_looked_at(tmp_path: Path):
    write_config(tmp_path, '[articles]\ncheck_every = "2h"\n')

    assert load_config(tmp_path, PLATFORMS).articles.check_every == timedelta(hours=2)


def test_a_server_is_not_asked_all_the_time(tmp_path: Path):
    write_config(tmp_path, '[articles]\ncheck_every = "5s"\n')

    with pytest.raises(ConfigError, match=r'2: articles\.check_every: expected "1m" or more'):
        load_config(tmp_path, PLATFORMS)
