"""Finds a workspace, and reads its config.toml with all its problems at once."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from scheduler.config.accounts import AccountKeys, read_accounts
from scheduler.config.forms import check_account_name
from scheduler.config.secrets import Secret
from scheduler.config.settings import Alarms, Articles, Config, Health, Publishing, Retention
from scheduler.config.tables import Written, WrittenAlarms
from scheduler.errors import ConfigError, Problem
from scheduler.tomlfile import TomlFile, problem, problems_of, read_toml

CONFIG_FILE = "config.toml"
EXAMPLE_FILE = "config.example.toml"


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
    accounts = dict(read_accounts(toml, workspace, platforms, problems))
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


def _config_path(workspace: Path) -> Path:
    for name in (CONFIG_FILE, EXAMPLE_FILE):
        if (workspace / name).exists():
            return workspace / name
    raise ConfigError(f"no workspace here: {workspace} has no {CONFIG_FILE}; run: redletter init")


def _written(toml: TomlFile, problems: list[Problem]) -> Written | None:
    try:
        return Written.model_validate(toml.data)
    except ValidationError as error:
        problems.extend(problems_of(toml, error, Written))
        return None


def _alarms(written: WrittenAlarms, workspace: Path) -> Alarms:
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


def _warnings(path: Path) -> Iterator[str]:
    if os.name != "posix" or path.name != CONFIG_FILE:
        return
    if path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield f"{path.name} can be read by other users of this machine; run: chmod 600 {path}"
