"""Turns config.toml into a Config and its Accounts, and says where their secrets come from."""

import difflib
import ipaddress
import json
import os
import re
import stat
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, quote_plus, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationError
from pydantic import StrictInt as WholeNumber

from scheduler.errors import ConfigError, Problem
from scheduler.tomlfile import (
    Expected,
    Period,
    TomlFile,
    did_you_mean,
    parse_duration,
    parse_period,
    plain_kind,
    problem,
    problems_of,
    read_toml,
    unknown_key,
)

CONFIG_FILE = "config.toml"
EXAMPLE_FILE = "config.example.toml"
LATE = timedelta(minutes=5)  # a post that is further behind its hour than this is late
MOST_OFTEN = timedelta(minutes=1)  # between two looks at one web address
HOLD_FILE = "HOLD"  # while a file of this name stands in the workspace, nothing goes out

_ACCOUNT_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:.+")
_HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_SQLITE = "sqlite:///"
_OWN_KEYS = ("platform", "base_url", "limits", "pace")
_ONLY_REFERENCES = (
    "a secret must not stand in this file itself: write env:NAME for an environment variable, "
    "or file:PATH for a file with nothing else in it"
)

# Logging is one for the whole process, and so is what it must never print: each value with the forms it may take.
_revealed: dict[str, frozenset[str]] = {}


def register_secret(value: str) -> None:
    """Remembers a value that no log may show: a revealed secret, or a token that a platform gave for it."""
    if value and value not in _revealed:
        _revealed[value] = frozenset(_written_forms(value))


def known_secrets() -> frozenset[str]:
    """Returns every value registered so far in this process."""
    return frozenset(_revealed)


def redact(text: str) -> str:
    """Replaces every known secret by "[secret]": as it is, percent-encoded, and as JSON writes it."""
    # A secret inside a longer one must not leave the rest of the longer one behind.
    for form in sorted(frozenset().union(*list(_revealed.values())), key=len, reverse=True):
        text = text.replace(form, "[secret]")
    return text


def _written_forms(value: str) -> Iterator[str]:
    yield value
    for encoded in (quote(value, safe=""), quote(value), quote_plus(value)):
        yield encoded
        yield re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), encoded)
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is kept, never the secret: "env:NAME", or "file:PATH" relative to the workspace.

    account, key: whose secret it is, for messages; without an account, the key is its whole path in the config.
    """

    reference: str
    account: str = ""
    key: str = ""
    workspace: Path = field(default=Path(), repr=False)

    def reveal(self) -> str:
        """Reads the secret anew, without the line end of its file, and registers it for `redact`.

        Raises ConfigError, naming account and key, when it is missing or empty.
        """
        kind, _, name = self.reference.partition(":")
        value = self._from_environment(name) if kind == "env" else self._from_file(name)
        if not value.strip():
            raise self._error(f"{self._place()} is empty")
        register_secret(value)
        return value

    def why_missing(self) -> str | None:
        """Says why `reveal` would fail, without reading a file or registering anything; None when the secret is there."""
        kind, _, name = self.reference.partition(":")
        if kind == "env":
            return None if os.environ.get(name) else f"{name} is not set"
        path = self.workspace / Path(name).expanduser()
        return None if path.is_file() and os.access(path, os.R_OK) else f"the file {name} cannot be read"

    def _from_environment(self, name: str) -> str:
        value = os.environ.get(name)
        if value is None:
            raise self._error(f"the environment variable {name} is not set")
        return value

    def _from_file(self, name: str) -> str:
        path = self.workspace / Path(name).expanduser()
        try:
            return path.read_text(encoding="utf-8-sig").rstrip("\r\n")
        except FileNotFoundError:
            raise self._error(f"there is no file {path}") from None
        except UnicodeDecodeError:
            # The cause would carry the bytes of the secret into a traceback.
            raise self._error(f"the file {path} is not UTF-8 text") from None
        except OSError as cause:
            raise self._error(f"the file {path} cannot be read: {cause.strerror}") from None

    def _place(self) -> str:
        kind, _, name = self.reference.partition(":")
        return f"the environment variable {name}" if kind == "env" else f"the file {self.workspace / name}"

    def _error(self, message: str) -> ConfigError:
        of = f"{self.key}: " if self.key else ""
        if self.account:
            of = f'secret "{self.key}" of account "{self.account}": '
        return ConfigError(f"{of}{message}")


@dataclass(frozen=True, slots=True)
class AccountKeys:
    """What an account of one platform has to say in config.toml, besides its platform.

    secrets: keys whose values are "env:NAME" or "file:PATH"; plain: keys with ordinary text;
    optional: which of both may be missing; limits: the numbers that an account may have of its own. place: the keys without
    which the account would be another one, as far as they say.
    """

    secrets: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    base_url: Literal["required", "optional", "none"] = "none"
    limits: tuple[str, ...] = ("max_characters",)
    place: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        own = _OWN_KEYS if self.base_url != "none" else tuple(key for key in _OWN_KEYS if key != "base_url")
        return (*own, *self.secrets, *self.plain)


@dataclass(frozen=True, slots=True)
class Account:
    """One identity on one platform.

    settings: its plain keys; limits: numbers that replace the platform's own (`max_characters = 25000`).
    pace: how far apart its late posts go out; None means as [publishing] has it.
    """

    name: str
    platform: str
    base_url: str | None = None
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    pace: timedelta | None = None


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
        return self.workspace / self.database.removeprefix(_SQLITE)


def find_workspace(start: Path) -> Path:
    """Walks up from `start` to the nearest workspace: config.toml, or config.example.toml beside campaigns/."""
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / CONFIG_FILE).is_file():
            return folder
        if (folder / EXAMPLE_FILE).is_file() and (folder / "campaigns").is_dir():
            return folder
    raise ConfigError(f"no workspace here: {start} and the folders above it have no {CONFIG_FILE}; run: redletter init")


def load_config(workspace: Path, platforms: Mapping[str, AccountKeys]) -> Config:
    """Reads config.toml, else config.example.toml; raises ConfigError with all its problems at once.

    platforms: what the accounts of each platform have to say.
    """
    workspace = workspace.absolute()
    path = _config_path(workspace)
    toml = read_toml(path, ConfigError, path.name)
    problems: list[Problem] = []
    written = _written(toml, problems)
    accounts = dict(_accounts(toml, workspace, platforms, problems))
    problems.extend(_wrong_channel_names(toml))
    if written is None or problems:
        raise ConfigError(sorted(problems, key=lambda each: each.line or 0))
    return Config(
        workspace=workspace,
        database=written.database,
        time_zone=written.time_zone,
        organisation=written.organisation,
        language=written.language,
        accounts=accounts,
        publishing=Publishing(
            at_once=written.publishing.at_once,
            per_account=written.publishing.per_account,
            timeout=written.publishing.timeout,
            drain=written.publishing.drain,
            pace=written.publishing.pace,
        ),
        alarms=_alarms(written.alarms, workspace),
        health=Health(written.daemon.heartbeat_file, written.daemon.health_port),
        retention=Retention(written.retention.keep),
        articles=Articles(written.articles.check_every),
        allow_private_addresses=written.allow_private_addresses,
        warnings=tuple(_warnings(path)),
    )


def check_time_zone(name: str) -> str:
    """Returns the name of a time zone that is known here; ValueError says which name was meant."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'unknown time zone "{name}"{_nearest_zone(name)}') from None
    return name


def check_language(tag: str) -> str:
    """Returns a language tag such as "en-GB" or "cy"; ValueError for what cannot be one."""
    if not _LANGUAGE.fullmatch(tag):
        raise ValueError(f'expected a language such as "en-GB" or "cy", found "{tag}"')
    return tag


def check_account_name(name: str) -> str:
    """Returns an account's name; ValueError when it has more than small letters, digits and hyphens."""
    if not _ACCOUNT_NAME.fullmatch(name):
        raise ValueError(f'expected small letters, digits and hyphens, as in "force-x", found "{name}"')
    return name


def _config_path(workspace: Path) -> Path:
    for name in (CONFIG_FILE, EXAMPLE_FILE):
        if (workspace / name).exists():
            return workspace / name
    raise ConfigError(f"no workspace here: {workspace} has no {CONFIG_FILE}; run: redletter init")


def _nearest_zone(name: str) -> str:
    known = zoneinfo.available_timezones()
    cities = {zone.rpartition("/")[2]: zone for zone in sorted(known, reverse=True)}
    wanted = name.strip().replace(" ", "_").rpartition("/")[2]
    near = difflib.get_close_matches(wanted.title(), cities, n=1, cutoff=0.75)
    return f'; did you mean "{cities[near[0]]}"?' if near else did_you_mean(name, known)


def _duration(value: Any) -> timedelta:
    if not isinstance(value, str):
        raise ValueError(f'expected a length of time such as "30s" or "2m", found {plain_kind(value)}')
    return parse_duration(value)


def _polite_duration(value: Any) -> timedelta:
    length = _duration(value)
    if length < MOST_OFTEN:
        raise ValueError(f'expected "1m" or more, for servers are asked so often; found "{value}"')
    return length


def _period(value: Any) -> Period:
    if not isinstance(value, str):
        raise ValueError(f'expected years, months or days such as "7 years", found {plain_kind(value)}')
    return parse_period(value)


def _sqlite_only(url: str) -> str:
    if not url.startswith("sqlite:"):
        # Not repeated: such a URL may hold a password.
        raise ValueError(f'only SQLite is supported yet; expected "{_SQLITE}redletter.db"')
    if not url.removeprefix(_SQLITE).strip("/ ") or not url.startswith(_SQLITE) or "?" in url or url.endswith(":"):
        raise ValueError(f'expected "{_SQLITE}" and a file, as in "{_SQLITE}redletter.db"')
    return url


def _hour(value: Any) -> time:
    match = _HOUR.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError('expected a local time as text, such as "17:00"')
    return time(int(match[1]), int(match[2]))


def _reference(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f'expected "env:NAME" or "file:PATH", found {plain_kind(value)}')
    if not _REFERENCE.fullmatch(value):
        raise ValueError(_ONLY_REFERENCES)
    return value


def _file_name(value: str) -> str:
    if not value.strip() or value.endswith("/"):
        raise ValueError('expected the name of a file, as in "heartbeat"')
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
PoliteDuration = Annotated[timedelta, BeforeValidator(_polite_duration)]
CalendarPeriod = Annotated[Period, BeforeValidator(_period)]
TimeZone = Annotated[str, AfterValidator(check_time_zone)]
Language = Annotated[str, AfterValidator(check_language)]
Hour = Annotated[time, BeforeValidator(_hour)]
Reference = Annotated[str, BeforeValidator(_reference)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _WrittenPublishing(_Strict):
    at_once: Annotated[WholeNumber, Field(ge=1, le=1000)] = 256
    per_account: Annotated[WholeNumber, Field(ge=1, le=1000)] = 64
    timeout: Duration = timedelta(seconds=30)
    drain: Duration = timedelta(seconds=30)
    pace: Duration = timedelta(seconds=30)


class _WrittenAlarms(_Strict):
    unapproved: Duration = timedelta(hours=24)
    silence: Duration = timedelta(minutes=5)
    gather: Duration = timedelta(minutes=1)
    digest: Hour | None = None
    to: Annotated[dict[str, Reference], Expected("a table of addresses, [alarms.to]")] = {}
    webhooks: Annotated[dict[str, Reference], Expected("a table of addresses, [alarms.webhooks]")] = {}
    ping: Reference | None = None


class _WrittenDaemon(_Strict):
    heartbeat_file: Annotated[str, AfterValidator(_file_name)] | None = None
    health_port: Annotated[WholeNumber, Field(ge=1, le=65535)] | None = None


class _WrittenRetention(_Strict):
    keep: CalendarPeriod | None = None


class _WrittenArticles(_Strict):
    check_every: PoliteDuration = timedelta(hours=6)


class _Written(_Strict):
    """The keys of config.toml; accounts are checked apart, since each platform has its own keys."""

    database: Annotated[str, AfterValidator(_sqlite_only)] = f"{_SQLITE}redletter.db"
    time_zone: TimeZone = "Europe/London"
    organisation: str = ""
    language: Language = "en-GB"
    allow_private_addresses: StrictBool = False
    publishing: _WrittenPublishing = _WrittenPublishing()
    retention: _WrittenRetention = _WrittenRetention()
    articles: _WrittenArticles = _WrittenArticles()
    alarms: _WrittenAlarms = _WrittenAlarms()
    daemon: _WrittenDaemon = _WrittenDaemon()
    accounts: Annotated[dict[str, Any], Expected("a table for each account, [accounts.NAME]")] = {}


def _written(toml: TomlFile, problems: list[Problem]) -> _Written | None:
    try:
        return _Written.model_validate(toml.data)
    except ValidationError as error:
        problems.extend(problems_of(toml, error, _Written))
        return None


def _alarms(written: _WrittenAlarms, workspace: Path) -> Alarms:
    def secret(reference: str, *keys: str) -> Secret:
        return Secret(reference, key=".".join(("alarms", *keys)), workspace=workspace)

    return Alarms(
        unapproved=written.unapproved,
        silence=written.silence,
        gather=written.gather,
        digest=written.digest,
        to={name: secret(reference, "to", name) for name, reference in written.to.items()},
        webhooks={name: secret(reference, "webhooks", name) for name, reference in written.webhooks.items()},
        ping=secret(written.ping, "ping") if written.ping else None,
    )


def _wrong_channel_names(toml: TomlFile) -> Iterator[Problem]:
    """Yields what is wrong with the names of those who are told: each is told apart by its name alone."""
    alarms = toml.data.get("alarms")
    tables = {key: alarms.get(key) for key in ("to", "webhooks")} if isinstance(alarms, dict) else {}
    seen: set[str] = set()
    for key, table in tables.items():
        for name in table if isinstance(table, dict) else ():
            try:
                check_account_name(name)
            except ValueError as error:
                yield problem(toml, ("alarms", key, name), str(error))
            if name in seen:
                yield problem(toml, ("alarms", key, name), "stands in [alarms.to] already; give it another name")
            seen.add(name)


def _accounts(
    toml: TomlFile, workspace: Path, platforms: Mapping[str, AccountKeys], problems: list[Problem]
) -> Iterator[tuple[str, Account]]:
    written = toml.data.get("accounts", {})
    for name, keys in written.items() if isinstance(written, dict) else ():
        reading = _AccountReader(toml, workspace, name, problems)
        account = reading.read(keys, platforms)
        if account is not None:
            yield name, account


@dataclass(frozen=True, slots=True)
class _AccountReader:
    """Reads one [accounts.NAME]; what is wrong goes to `problems`, and never with a value that may be a secret."""

    toml: TomlFile
    workspace: Path
    name: str
    problems: list[Problem]

    def read(self, keys: Any, platforms: Mapping[str, AccountKeys]) -> Account | None:
        try:
            check_account_name(self.name)
        except ValueError as error:
            self._wrong(str(error))
        if not isinstance(keys, dict):
            self._wrong(f"expected a table, [accounts.{self.name}], found {plain_kind(keys)}")
            return None
        declared = self._declared(keys, platforms)
        if declared is None:
            return None
        self._check_keys(keys, declared)
        return Account(
            name=self.name,
            platform=keys["platform"],
            base_url=self._base_url(keys),
            secrets={key: self._secret(key, keys[key]) for key in declared.secrets if key in keys},
            settings={key: self._text(key, keys[key]) for key in declared.plain if key in keys},
            limits=self._limits(keys.get("limits", {}), declared.limits),
            pace=self._pace(keys),
        )

    def _declared(self, keys: dict[str, Any], platforms: Mapping[str, AccountKeys]) -> AccountKeys | None:
        if "platform" not in keys:
            self._wrong(f"is missing; expected one of {_listed(platforms)}", "platform")
            return None
        platform = keys["platform"]
        if not isinstance(platform, str):
            self._wrong(f"expected text, found {plain_kind(platform)}", "platform")
            return None
        if platform not in platforms:
            guess = did_you_mean(platform, platforms) or f"; expected one of {_listed(platforms)}"
            self._wrong(f'unknown platform "{platform}"{guess}', "platform")
        return platforms.get(platform)

    def _check_keys(self, keys: dict[str, Any], declared: AccountKeys) -> None:
        for key in keys:
            if key not in declared.known:
                self.problems.append(unknown_key(self.toml, ("accounts", self.name, key), declared.known))
        for key in (*declared.secrets, *declared.plain):
            if key not in keys and key not in declared.optional:
                kind = '"env:NAME" or "file:PATH"' if key in declared.secrets else "text"
                self._wrong(f"is missing; expected {kind}", key)
        if declared.base_url == "required" and "base_url" not in keys:
            self._wrong('is missing; expected the address of the server, as in "https://social.example"', "base_url")

    def _secret(self, key: str, value: Any) -> Secret:
        if not isinstance(value, str):
            self._wrong(f'expected "env:NAME" or "file:PATH", found {plain_kind(value)}', key)
        elif not _REFERENCE.fullmatch(value):
            self._wrong(_ONLY_REFERENCES, key)
        else:
            return Secret(value, self.name, key, self.workspace)
        return Secret("env:_", self.name, key, self.workspace)

    def _text(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            self._wrong(f"expected text, found {plain_kind(value)}", key)
        elif not value.strip():
            self._wrong("is empty", key)
        return str(value)

    def _base_url(self, keys: dict[str, Any]) -> str | None:
        if "base_url" not in keys:
            return None
        url = self._text("base_url", keys["base_url"]).rstrip("/")
        wrong = _wrong_with_address(url)
        if wrong:
            self._wrong(wrong, "base_url")
        return url

    def _limits(self, limits: Any, known: tuple[str, ...]) -> dict[str, int]:
        if not isinstance(limits, dict):
            self._wrong(f"expected a table of numbers, found {plain_kind(limits)}", "limits")
            return {}
        for key, value in limits.items():
            if key not in known:
                self.problems.append(unknown_key(self.toml, ("accounts", self.name, "limits", key), known))
            elif not isinstance(value, int) or isinstance(value, bool):
                self._wrong(f"expected a whole number, found {plain_kind(value)}", "limits", key)
            elif value < 1:
                self._wrong(f"expected a number of 1 or more, found {value}", "limits", key)
        return limits

    def _pace(self, keys: dict[str, Any]) -> timedelta | None:
        try:
            return _duration(keys["pace"]) if "pace" in keys else None
        except ValueError as error:
            self._wrong(str(error), "pace")
            return None

    def _wrong(self, message: str, *keys: str) -> None:
        self.problems.append(problem(self.toml, ("accounts", self.name, *keys), message))


def _wrong_with_address(url: str) -> str | None:
    """Says what is wrong with the address of a server, without repeating it: it may hold a password."""
    wrong = wrong_with_secret_address(url)
    if wrong:
        return wrong
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        return "must not hold a user name or password"
    if parts.query or parts.fragment:
        return "must end before any ? or #"
    return None


def wrong_with_secret_address(url: str) -> str | None:
    """Says what is wrong with a web address that may hold secrets anywhere, without repeating it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return 'is not a web address; expected one such as "https://social.example"'
    if parts.scheme not in ("http", "https") or not host or any(character.isspace() for character in url):
        return 'is not a web address; expected one such as "https://social.example"'
    if parts.scheme == "http" and not _is_loopback(host):
        return "must begin with https://; http:// would send its secrets readable over the network"
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _warnings(path: Path) -> Iterator[str]:
    if os.name != "posix" or path.name != CONFIG_FILE:
        return
    if path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield f"{path.name} can be read by other users of this machine; run: chmod 600 {path}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in sorted(names))
