"""What holds for every command: which workspace, who asks, what time it is, and how much is said."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.output import complain

if TYPE_CHECKING:
    from scheduler.app import Workspace
    from scheduler.posts.book import Book


def _clock() -> datetime:
    return datetime.now(UTC)


def _warn(text: str) -> None:
    complain(f"warning: {text}")


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()


@dataclass
class Door:
    """Filled by the options that every command takes.

    folder: of the workspace, None to look for it from here upwards. name: who asks, None for the system user.
    now: tells the present moment, aware, UTC. is_interactive: whether a person can be asked. warn: says a warning.
    """

    folder: Path | None = None
    name: str | None = None
    debug: bool = False
    now: Callable[[], datetime] = field(default=_clock)
    is_interactive: Callable[[], bool] = field(default=_at_a_terminal)
    warn: Callable[[str], None] = field(default=_warn)

    @cached_property
    def workspace(self) -> "Workspace":
        """The workspace with its parts; its warnings are said once. Raises ConfigError."""
        from scheduler.app import open_workspace

        workspace = open_workspace(self.workspace_folder())
        for warning in workspace.config.warnings:
            self.warn(warning)
        return workspace

    def workspace_folder(self) -> Path:
        """Returns the folder of the workspace; raises ConfigError where there is none."""
        from scheduler.config import find_workspace

        return self.folder or find_workspace(Path.cwd())

    @contextmanager
    def book(self) -> Iterator["Book"]:
        """Opens the workspace's book, which must be there, and closes it."""
        book = self.workspace.open_book()
        try:
            yield book
        finally:
            book.close()

    @property
    def who(self) -> str:
        """The name that the audit trail keeps."""
        return self.name or _system_user()

    def ask(self, question: str) -> bool:
        """Asks a person, whose silence means no. Raises RedletterError where nobody can be asked."""
        from scheduler.errors import RedletterError

        if not self.is_interactive():
            raise RedletterError("nobody can be asked: this is no terminal; say --yes. Nothing was changed")
        try:
            return click.confirm(question, default=False)
        except click.Abort as abort:
            if isinstance(abort.__context__, EOFError):
                return False
            raise


def _system_user() -> str:
    try:
        import os
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        import getpass

        return getpass.getuser()


def global_options(*, hidden: bool = False) -> list[click.Parameter]:
    """Returns the options that every command takes, before its name and (not shown in its help) after it."""
    folder = click.Path(exists=True, file_okay=False, path_type=Path)
    options: list[click.Parameter] = [
        click.Option(
            ["--workspace", "folder"],
            type=folder,
            metavar="DIR",
            help="The workspace; otherwise found from here upwards.",
            expose_value=False,
            callback=_remember,
            hidden=hidden,
        ),
        click.Option(
            ["--as", "name"],
            metavar="NAME",
            help="Who does it, for the audit trail; otherwise the system user.",
            expose_value=False,
            callback=_remember_name,
            hidden=hidden,
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            help="Show details: all that is logged, and where a defect happened.",
            expose_value=False,
            callback=_remember_debug,
            hidden=hidden,
        ),
    ]
    if not hidden:
        version = click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            help="Show the version.",
            expose_value=False,
            callback=_say_version,
        )
        options.append(version)
    return options


def _remember(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value is None:
        return
    given = ctx.find_root().meta.setdefault("redletter.given", set())
    if parameter.name in given and not ctx.resilient_parsing:
        raise click.UsageError(f"{parameter.opts[0]} can be given only once", ctx)
    given.add(parameter.name)
    setattr(ctx.ensure_object(Door), str(parameter.name), value)


def _remember_name(ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None and not value.strip():
        raise click.BadParameter("expected a name", ctx, parameter)
    _remember(ctx, parameter, value.strip() if value else None)


def _remember_debug(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        from scheduler.cli.logs import log_to_terminal

        _remember(ctx, parameter, value)
        log_to_terminal(debug=True)


def _say_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"redletter {version('redletter')}")
        ctx.exit()
