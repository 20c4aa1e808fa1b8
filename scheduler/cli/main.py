"""The command `redletter`: finds the command that was asked for, and turns what went wrong into one clear message.

A command's module is imported when the command runs, so that help is there at once. To add a command: write its file,
and name it in COMMANDS; one of two words, "days show", is the function days_show.
"""

import errno
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from scheduler.cli.door import Door, global_options
from scheduler.cli.output import complain, silence
from scheduler.errors import RedletterError

DEFECT = "this is a defect in Redletter: {error}; please report it; details with --debug"

# chapter: command: (its module, what it does in a few words: the first line of its own help)
COMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    "Begin": {
        "init": ("scheduler.cli.init", "Make a workspace with an example that runs at once."),
        "days": ("scheduler.cli.days", "List the awareness days that are coming up."),
        "days show": ("scheduler.cli.days", "Show all that is known of one awareness day."),
        "days check": ("scheduler.cli.days_check", "Find what is wrong or doubtful in the days of your own."),
        "article": ("scheduler.cli.article", "Show what is read from an article, and what is cut out of it."),
    },
    "Prepare": {
        "check": ("scheduler.cli.check", "Find everything that is wrong with campaigns."),
        "schema": ("scheduler.cli.schema", "Print the JSON schema of campaign files, for editors."),
        "preview": ("scheduler.cli.preview", "Show what would be posted; save and send nothing."),
        "year": ("scheduler.cli.year", "Show a year on one page: awareness days, campaigns, clashes and gaps."),
        "plan": ("scheduler.cli.plan", "Save the posts of campaigns as drafts."),
    },
    "Review": {
        "posts": ("scheduler.cli.posts", "List the posts in the book."),
        "show": ("scheduler.cli.posts", "Show one post with its whole history."),
        "approve": ("scheduler.cli.approve", "Approve posts as they are shown."),
        "edit": ("scheduler.cli.edit", "Change the words of a post."),
        "reschedule": ("scheduler.cli.reschedule", "Give a post another hour."),
        "keep": ("scheduler.cli.keep", "Let held posts go out all the same."),
        "reject": ("scheduler.cli.reject", "Say that posts will not go out."),
        "cancel": ("scheduler.cli.reject", "Stop an approved or held post before it goes out."),
        "resolve": ("scheduler.cli.resolve", "Say whether unconfirmed posts are out."),
    },
    "Publish": {
        "accounts": ("scheduler.cli.accounts", "Check the login of every account; post nothing."),
        "rehearse": ("scheduler.cli.rehearse", "Rehearse the posts of some days: what goes out when, what goes wrong."),
        "run": ("scheduler.cli.run", "Publish approved posts at their hours, until told to stop."),
        "hold": ("scheduler.cli.hold", "Let nothing go out until it is resumed."),
        "resume": ("scheduler.cli.hold", "End a hold, and say what has passed meanwhile."),
        "stop": ("scheduler.cli.stop", "Stop what is under way of one story, and say what is out."),
        "alarms": ("scheduler.cli.alarms", "List the alarms that stand, and what has not reached people yet."),
        "status": ("scheduler.cli.status", "Say how things stand; fail when something needs a person."),
    },
    "Keep": {
        "backup": ("scheduler.cli.backup", "Copy the book into a file, while it is in use."),
        "restore": ("scheduler.cli.backup", "Put a backup in the place of the book."),
        "export": ("scheduler.cli.export", "Write posts, attempts, receipts, audit trail and holds into files."),
        "retention": ("scheduler.cli.retention", "Show what is older than the policy keeps, or remove it."),
    },
}
_MODULES = {name: entry[0] for chapter in COMMANDS.values() for name, entry in chapter.items()}


class Redletter(click.Group):
    """The group of all commands; whatever a command raises ends here as one message and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's signature)
        if cmd_name not in _MODULES:
            return None
        command: click.Command = getattr(import_module(_MODULES[cmd_name]), cmd_name.replace(" ", "_"))
        known = {option.name for option in command.params}
        command.params += [option for option in global_options(hidden=True) if option.name not in known]
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _MODULES and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], _MODULES, n=1)
            guess = f'; did you mean "{near[0]}"?' if near else ""
            raise click.UsageError(f'unknown command "{args[0]}"{guess}', ctx)
        two = " ".join(args[:2])
        if two in _MODULES:
            args = [two, *args[2:]]
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and not ctx.resilient_parsing:
            _refuse_repeated(click.Context(command, ctx, info_name=name), rest)
        return name, command, rest

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing:
            _refuse_repeated(ctx, args)
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (click's signature)
        widest = max(map(len, _MODULES))
        for chapter, commands in COMMANDS.items():
            with formatter.section(chapter):
                formatter.write_dl([(name.ljust(widest), words) for name, (_, words) in commands.items()])

    def main(  # type: ignore[override]  # click's overloads tell apart what this one never does: return
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Runs the command and ends the program: 0 done, 1 something is wrong, 2 wrong usage, 130 interrupted."""
        door = extra.setdefault("obj", Door())
        sys.exit(self._run(args, prog_name or "redletter", door, extra))

    def _run(self, args: Sequence[str] | None, prog_name: str, door: Door, extra: dict[str, Any]) -> int:
        try:
            code = super().main(args, prog_name, **{**extra, "standalone_mode": False})
            sys.stdout.flush()  # a reader who has gone shows here, and not at the interpreter's end
        except (click.Abort, KeyboardInterrupt):
            return 130
        except BrokenPipeError:
            silence()
            return 1
        except click.UsageError as error:
            complain(_usage(error))
            return 2
        except Exception as error:
            if door.debug:
                complain(traceback_of(error))
            complain(message_of(error))
            return 1
        return code if isinstance(code, int) else 0


def _refuse_repeated(of_command: click.Context, args: Sequence[str]) -> None:
    """Raises UsageError where an option that counts once is there twice: click takes the last, and says nothing."""
    try:
        _, _, given = of_command.command.make_parser(of_command).parse_args([*args])
    except click.UsageError:
        return  # click says it again, in its own words
    once = [each for each in given if isinstance(each, click.Option) and not (each.multiple or each.is_flag)]
    for option in once:
        if once.count(option) > 1:
            raise click.UsageError(f"{option.opts[0]} can be given only once", of_command)


def message_of(error: Exception) -> str:
    """Returns the one message about what ended a command."""
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, RedletterError):
        return str(error)
    if isinstance(error, OSError):
        return words_of(error)
    return DEFECT.format(error=f"{type(error).__name__}: {error}".rstrip(": "))


# What a person can do about what the operating system says; anything else is said in its own words.
_WAYS_ON = {
    errno.ENOSPC: "the disk is full; make room and try again",
    errno.EDQUOT: "the disk is full for you; make room and try again",
    errno.EFBIG: "the file may not grow as large as that",
    errno.EACCES: "you may not read or write there; ask for the right, or name another place",
    errno.EPERM: "you may not do that there; ask for the right, or name another place",
    errno.EROFS: "nothing can be written there; name another place",
    errno.ENOENT: "there is no such file or folder",
    errno.ENOTDIR: "a part of this path is a file, and no folder",
    errno.EISDIR: "this is a folder, and no file",
    errno.EEXIST: "it is there already",
    errno.EIO: "the disk is failing; look after it before anything else",
}


def words_of(error: OSError) -> str:
    """Says what the operating system refused, and what to do about it."""
    said = _WAYS_ON.get(error.errno or 0) or f"the system refused ({error.strerror or error})"
    return f"{error.filename}: {said}" if error.filename else said


def traceback_of(error: Exception) -> str:
    """Returns where it happened."""
    import traceback

    return "".join(traceback.format_exception(error))


def _usage(error: click.UsageError) -> str:
    lines = [f"Error: {error.format_message()}"]
    if error.ctx is not None:
        lines.insert(0, error.ctx.get_usage())
        lines.append(f"See: {error.ctx.command_path} --help")
    return "\n".join(lines)


@click.group(
    "redletter", cls=Redletter, params=global_options(), context_settings={"help_option_names": ["-h", "--help"]}
)
@click.pass_obj
def cli(door: Door) -> None:
    """Redletter publishes social media posts on awareness days: planned from articles, approved by people, out on time.

    Begin with: redletter init DIR
    """
    from scheduler.cli.logs import log_to_terminal

    log_to_terminal(debug=door.debug)


def main() -> None:
    """Runs `redletter` with the arguments of this process."""
    cli.main()
