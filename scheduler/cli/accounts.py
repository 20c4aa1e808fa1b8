"""`redletter accounts`: whether every account's login works, asked of its platform."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import click

from scheduler.cli.door import Door
from scheduler.cli.output import say, say_json, table, width
from scheduler.config import redact
from scheduler.errors import ConfigError, PublishError
from scheduler.platforms.contract import Adapter


@dataclass(frozen=True, slots=True)
class Login:
    """What came of one look. login: the identity that the credentials belong to; problem: why there is none."""

    account: str
    platform: str
    login: str | None = None
    problem: str | None = None


@click.command()
@click.argument("names", nargs=-1, metavar="[ACCOUNT]...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_obj
def accounts(door: Door, names: tuple[str, ...], as_json: bool) -> None:
    """Check the login of every account; post nothing.

    All accounts of config.toml when none is named. The exit code is 1 when one of them does not work.
    """
    import asyncio

    logins = asyncio.run(check_logins(_adapters(door, names)))
    if as_json:
        say_json([asdict(login) for login in logins])
    elif not logins:
        say("config.toml has no accounts yet.")
    else:
        rows = [
            (each.account, each.platform, "ok" if each.login else "FAILED", each.login or each.problem or "")
            for each in logins
        ]
        say(table(("Account", "Platform", "Login", ""), rows, max(width(), 200)))
    if any(each.problem for each in logins):
        raise click.exceptions.Exit(1)


def _adapters(door: Door, names: tuple[str, ...]) -> Mapping[str, Adapter]:
    from scheduler.cli.names import check_known

    adapters = door.workspace.adapters
    for name in names:
        check_known("account", name, adapters, "config.toml has")
    return {name: adapter for name, adapter in adapters.items() if not names or name in names}


async def check_logins(adapters: Mapping[str, Adapter]) -> list[Login]:
    """Asks all platforms at the same time; one that does not answer costs the others nothing."""
    import asyncio

    try:
        return list(await asyncio.gather(*(_check(name, adapter) for name, adapter in adapters.items())))
    finally:
        await asyncio.gather(*(adapter.close() for adapter in adapters.values()))


async def _check(name: str, adapter: Adapter) -> Login:
    try:
        return Login(name, adapter.platform, login=await adapter.check_login())
    except (PublishError, ConfigError) as error:
        return Login(name, adapter.platform, problem=redact(str(error)))
