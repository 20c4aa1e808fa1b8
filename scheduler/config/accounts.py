"""The accounts of config.toml: what those of each platform have to say, and what one of them says."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from scheduler.config.addresses import wrong_with_address
from scheduler.config.forms import check_account_name, check_reference, duration
from scheduler.config.secrets import Secret
from scheduler.errors import Problem
from scheduler.tomlfile import TomlFile, did_you_mean, plain_kind, problem, unknown_key

_OWN_KEYS = ("platform", "base_url", "limits", "pace")


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


def read_accounts(
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
        try:
            return Secret(check_reference(value), self.name, key, self.workspace)
        except ValueError as error:
            self._wrong(str(error), key)
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
        wrong = wrong_with_address(url)
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
            return duration(keys["pace"]) if "pace" in keys else None
        except ValueError as error:
            self._wrong(str(error), "pace")
            return None

    def _wrong(self, message: str, *keys: str) -> None:
        self.problems.append(problem(self.toml, ("accounts", self.name, *keys), message))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in sorted(names))
