"""`redletter backup` and `redletter restore`: a copy of the book, and the way back to it."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.door import Door
from scheduler.cli.output import answer, complain, fold, plain, say
from scheduler.posts.wording import count

if TYPE_CHECKING:
    from scheduler.posts.restoring import Restored

_LISTED = 20
_file = click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))


@click.command()
@_file
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
@click.pass_obj
def backup(door: Door, file: Path, force: bool) -> None:
    """Copy the book into a file, while it is in use.

    The copy is whole, checked, and readable by you alone. redletter restore puts it back.
    """
    from scheduler.posts.backup import back_up

    with door.book() as book:
        made = back_up(book, file, overwrite=force)
    size = f"{made.size / 1_000_000:.1f} MB"
    say(fold(f"Backed up {count(made.posts, 'post')} to {made.path} ({size}); it was checked and is whole.", 2))


@click.command()
@_file
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def restore(door: Door, file: Path, yes: bool) -> None:
    """Put a backup in the place of the book.

    The book that is there is kept beside it. What may have gone out since the backup was taken is set aside: nothing of
    it goes out until somebody has looked. No daemon may run meanwhile.
    """
    from scheduler.app.restoring import restore_book
    from scheduler.posts.backup import check_copy

    posts = check_copy(file)
    path = door.workspace.config.database_path
    if not yes and not door.ask(f"Put {file} with {count(posts, 'post')} in the place of {path}?"):
        complain("Nothing was changed.")
        raise click.exceptions.Exit(1)
    say(restored_lines(restore_book(door.workspace, file, who=door.who, now=door.now())))


def restored_lines(restored: "Restored") -> Iterator[str]:
    """Yields what was done, and what a person must look at before anything of it goes out."""
    yield f"Restored {count(restored.posts, 'post')}."
    if restored.kept:
        yield f"The book that was there: {restored.kept}"
    yield ""
    if restored.published:
        yield from _said("Published since the backup, as the book before says, and so they stay", restored.published)
    if restored.unconfirmed:
        yield from _said("Perhaps out, the backup does not know", restored.unconfirmed)
        yield from answer(
            "look at each account, and say so: redletter resolve POST --published URL, or --not-published"
        )
        yield from answer("where an attempt is known, the daemon asks the platform first; nothing goes out meanwhile")
    if restored.set_aside:
        yield from _said("Not out, and set aside until somebody says so", restored.set_aside)
        yield from answer(
            "redletter show POST says why; redletter keep POST sends it out, redletter cancel POST drops it"
        )
    if restored.warned:
        yield from _said("Tried or out in part since, and not approved in the backup", restored.warned)
        yield from answer("redletter show POST says more; look at each account before you send any of them")
    if restored.holds:
        yield from fold(plain(f"Held on, as in the book before: {', '.join(restored.holds)}"), 2)
    if restored.held_again:
        yield from fold(
            plain(f"Held again, as in the backup, though resumed since: {', '.join(restored.held_again)}"), 2
        )
        yield from answer("redletter resume, with --account, --campaign or --topic")
    to_come = f"{count(restored.waiting, 'post')} approved in the backup for an hour to come"
    if restored.waiting:
        yield f"{to_come} will go out at {'that hour' if restored.waiting == 1 else 'their hours'}."
    else:
        yield "Nothing that was approved in the backup goes out by itself."
    if not restored.compared:
        yield from fold(
            "The book that was there is lost, damaged or older than the backup: what was approved, moved, cancelled or held"
            " since the backup is not known. Look at what is to come before you start the daemon:",
            0,
        )
        yield from answer("redletter posts --status approved")
    yield "What was planned since the backup: redletter plan"


def _said(what: str, ids: Sequence[int]) -> Iterable[str]:
    return fold(f"{what}: {_listed(ids)}", 2)


def _listed(ids: Sequence[int]) -> str:
    more = f" … and {len(ids) - _LISTED} more" if len(ids) > _LISTED else ""
    return f"{count(len(ids), 'post')}: {', '.join(map(str, ids[:_LISTED]))}{more}"
