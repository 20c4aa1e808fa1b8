"""What config.toml says, once it is checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path

from scheduler.config.accounts import Account
from scheduler.config.forms import SQLITE
from scheduler.config.secrets import Secret
from scheduler.tomlfile import Period

LATE = timedelta(minutes=5)  # a post that is further behind its hour than this is late
HOLD_FILE = "HOLD"  # while a file of this name stands in the workspace, nothing goes out


@dataclass(frozen=True, slots=True)
class Publishing:
    """How publishing goes about its calls.

    at_once: calls in flight over all accounts; per_account: of one account; timeout: of one call;
    drain: how long a daemon that is told to stop waits for the calls in flight; pace: how far apart posts of one account
    go out that are late, as after an outage, unless the account has its own.
    """

    at_once: int = 256
    per_account: int = 64
    timeout: timedelta = timedelta(seconds=30)
    drain: timedelta = timedelta(seconds=30)
    pace: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Alarms:
    """Who is told when a person is needed, and how soon.

    unapproved: how long before its hour a draft must be approved; silence: how long after its hour a post may be without a
    receipt; digest: the local hour of the daily digest, None for none; gather: how long what is not urgent is gathered
    into one message. to: addresses for Apprise by name; webhooks: addresses that get JSON by name; ping: the address of
    a dead-man's switch. All three are secrets: they hold tokens.
    """

    unapproved: timedelta = timedelta(hours=24)
    silence: timedelta = timedelta(minutes=5)
    gather: timedelta = timedelta(minutes=1)
    digest: time | None = None
    to: Mapping[str, Secret] = field(default_factory=dict)
    webhooks: Mapping[str, Secret] = field(default_factory=dict)
    ping: Secret | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """How the daemon shows that it publishes.

    heartbeat_file: a file that is written anew while it does, counted from the workspace; health_port: of /healthz on
    loopback; None for neither.
    """

    heartbeat_file: str | None = None
    health_port: int | None = None


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the book keeps a post after all is over with it; None: for ever."""

    keep: Period | None = None


@dataclass(frozen=True, slots=True)
class Articles:
    """How the articles behind unsent posts are looked at again. check_every: how often a web address is asked."""

    check_every: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Config:
    """What a workspace's config.toml says, checked.

    database: a URL; an SQLite path in it is relative to the workspace. time_zone: IANA name.
    warnings: what a person should see but nothing stops for.
    """

    workspace: Path
    database: str = "sqlite:///redletter.db"
    time_zone: str = "Europe/London"
    organisation: str = ""
    language: str = "en-GB"
    accounts: Mapping[str, Account] = field(default_factory=dict)
    publishing: Publishing = field(default_factory=Publishing)
    alarms: Alarms = field(default_factory=Alarms)
    health: Health = field(default_factory=Health)
    retention: Retention = field(default_factory=Retention)
    articles: Articles = field(default_factory=Articles)
    allow_private_addresses: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def database_path(self) -> Path:
        """The SQLite file that `database` names."""
        return self.workspace / self.database.removeprefix(SQLITE)
