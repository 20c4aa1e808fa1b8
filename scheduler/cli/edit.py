"""The command edit."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.door import Door
from scheduler.cli.named_posts import card_lines_of, posts_called
from scheduler.cli.output import complain, say
from scheduler.errors import MoveNotAllowed, RedletterError
from scheduler.posts.wording import count

if TYPE_CHECKING:
    from scheduler.platforms.message import Message
    from scheduler.posts.book import Book
    from scheduler.posts.tables import Post

_NEXT_PART = "----- next part (leave this line as it is) -----"


@click.command()
@click.argument("post", type=int)
@click.option("--text", metavar="TEXT", help="The new text, instead of opening an editor.")
@click.option(
    "--text-file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="A file with the new text (- for standard input).",
)
@click.pass_obj
def edit(door: Door, post: int, text: str | None, text_file: Path | None) -> None:
    """Change the words of a post.

    Opens $VISUAL or $EDITOR, unless the text is given. An approval is void then. What does not fit is refused.
    """
    if text is not None and text_file is not None:
        raise click.UsageError("--text and --text-file both give the text: choose one")
    with door.book() as book:
        (found,) = posts_called(book, [post])
        _check_can_be_edited(book, found)
        if text_file is not None:
            text = _read(text_file)
        message = _edited_by_hand(door, found) if text is None else _fitting(door, found, text)
        if message is None or message == found.message:
            say(f"Post {post} is unchanged.")
            return
        try:
            _save_edit(door, book, found, message)
        except RedletterError as error:
            if text is not None:
                raise
            raise RedletterError(f"{error}\n{_kept(_joined(message))}") from error
        (saved,) = posts_called(book, [post])
    say(card_lines_of(door, [saved], whole=True))
    was = f"; it was {found.status} and needs approval again" if found.status != "draft" else ""
    say(f"Post {post} is a draft with new words, version {saved.version}{was}.")


def _check_can_be_edited(book: "Book", post: "Post") -> None:
    """Raises MoveNotAllowed before anybody has written a new text in vain."""
    from scheduler.posts.status import MOVES, Move
    from scheduler.posts.what_is_out import check_not_begun

    if post.status not in MOVES[Move.EDIT][0]:
        raise MoveNotAllowed(f"post {post.id} is {post.status} and cannot be edited any more; nothing was changed")
    with book.reading() as session:
        check_not_begun(session.connection(), post, Move.EDIT)


def _save_edit(door: Door, book: "Book", post: "Post", message: "Message") -> None:
    from scheduler.posts.review import edit as edit_post

    with book.writing() as connection:
        edit_post(connection, post, message, who=door.who, now=door.now())


def _edited_by_hand(door: Door, post: "Post") -> "Message | None":
    """Lets a person edit until it fits; None when nothing was changed. What is given up is kept in a file."""
    import os

    if not door.is_interactive() and not (os.environ.get("VISUAL") or os.environ.get("EDITOR")):
        raise RedletterError("no editor can be opened: this is no terminal; give the text with --text or --text-file")
    text = _joined(post.message)
    while True:
        edited = click.edit(text, extension=".txt", require_save=True)
        if edited is None:
            return None
        text = edited
        try:
            return _fitting(door, post, text)
        except RedletterError as error:
            if door.is_interactive():
                complain(str(error))
                if door.ask("Edit it again?"):
                    continue
            raise RedletterError(f"{error}\n{_kept(text)}") from error


def _kept(text: str) -> str:
    """Keeps a text that somebody wrote by hand, and says where; where even that fails, it says the text itself."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix="redletter-", suffix=".txt", delete=False
        ) as file:
            file.write(text)
    except OSError:
        return f"Your text:\n{text}"
    return f"Your text is kept: {file.name}"


def _read(path: Path) -> str:
    try:
        with click.open_file(str(path), encoding="utf-8") as file:
            return str(file.read())
    except (OSError, UnicodeDecodeError) as error:
        raise RedletterError(f"{path} cannot be read as UTF-8 text: {error}") from error


def _joined(message: "Message") -> str:
    return f"\n{_NEXT_PART}\n".join(part.text for part in message.parts)


def _fitting(door: Door, post: "Post", text: str) -> "Message":
    """Returns the post's message with other texts; raises MoveNotAllowed where they are empty, too many or too long."""
    from scheduler.app.cards import card_parts

    # An editor ends the last line of a file; nobody wrote that.
    texts = [part.strip("\n") for part in text.replace("\r\n", "\n").split(_NEXT_PART)]
    parts = post.message.parts
    if len(texts) != len(parts):
        raise MoveNotAllowed(
            f"post {post.id} has {count(len(parts), 'part')}, and the text has {len(texts)}; put between them the line\n"
            f"{_NEXT_PART}"
        )
    message = replace(
        post.message, parts=tuple(replace(part, text=new) for part, new in zip(parts, texts, strict=True))
    )
    problems = [f"part {number} is empty" for number, new in enumerate(texts, 1) if not new.strip()]
    for number, part in enumerate(card_parts(door.workspace, post, message), 1):
        problems += [
            f"part {number} has {length.used} of {length.limit} {length.unit}: {length.used - length.limit} too many"
            for length in part.lengths
            if not length.fits
        ]
    if problems:
        said = "\n".join(problems) if len(parts) > 1 else "\n".join(problems).replace("part 1", "the text")
        raise MoveNotAllowed(f"post {post.id}, {post.account}: {said}; nothing was changed")
    return message
