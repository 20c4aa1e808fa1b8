"""The process that renders templates: unlike a thread it can be stopped, and its memory has a limit.

It is run as a script by `renderer`, reads one request a line and writes one reply a line, both JSON. It imports nothing
of ours, so that it starts fast, and it is handed plain data only: no object of the program is within a template's reach.

Request: {"template": name} or {"text": source}, and "values"; {"check": name} only compiles.
Reply: {"text": …}, or {"problem": kind, "message", "file", "line"} with "name" and "known" for an unknown variable.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

MEMORY_LIMIT = 512 * 1024 * 1024  # bytes of address space; Python with Jinja2 takes about a tenth of it
LONGEST_TEXT = 100_000  # characters; ten times what the most generous server takes in practice
LARGEST_FILE = 100_000  # bytes of one template file
LONGEST_MESSAGE = 300  # characters of another's error message


class UnknownVariable(UndefinedError):
    """A name that the template may not use, with the names that stand beside it."""

    def __init__(self, message: str, name: str, known: list[str]) -> None:
        self.name = name
        self.known = known
        super().__init__(message)


class NotPrintable(Exception):
    """A value that must not end up in a post: nothing, or a whole group of values."""


class NothingToPrint(NotPrintable):
    """None: "None" in a public post helps nobody."""


class TooLong(Exception):
    """The text is longer than any platform takes."""


class Folders(BaseLoader):
    """Finds templates in the folders given, the first that has it, and nowhere else: not even through a link."""

    def __init__(self, folders: list[Path]) -> None:
        self.folders = [folder.resolve() for folder in folders]

    def get_source(self, _environment: Any, template: str) -> tuple[str, str, None]:
        for folder in self.folders:
            path = (folder / template).resolve()
            if path.is_relative_to(folder) and path.is_file():
                return self._read(path), str(path), None
        raise TemplateNotFound(template)

    def _read(self, path: Path) -> str:
        with path.open("rb") as file:
            source = file.read(LARGEST_FILE + 1)
        if len(source) > LARGEST_FILE:
            raise TooLong(f"{path.name} is larger than {LARGEST_FILE:,} bytes")
        return source.decode("utf-8-sig")


def environment(folders: list[Path], known: list[str]) -> ImmutableSandboxedEnvironment:
    """Builds the sandbox; `known` is a list that names the variables of the request at hand."""

    class Unknown(StrictUndefined):
        @property
        def _undefined_message(self) -> str:
            if self._undefined_hint:
                return str(self._undefined_hint)
            name = str(self._undefined_name)
            if self._undefined_obj is None:
                raise UnknownVariable(f'"{name}" is asked of something that is empty here', name, [])
            siblings = list(self._undefined_obj) if isinstance(self._undefined_obj, dict) else known
            raise UnknownVariable(f'unknown variable "{name}"', name, sorted(str(sibling) for sibling in siblings))

    made = ImmutableSandboxedEnvironment(
        loader=Folders(folders),
        undefined=Unknown,
        finalize=printable,
        optimized=False,  # constants are worked out while rendering, where the limits hold
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # posts are plain text; previews escape what they show
    )
    del made.globals["lipsum"]
    return made


def printable(value: Any) -> Any:
    """Lets text and numbers through; an undefined value speaks for itself."""
    if isinstance(value, str | StrictUndefined) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    if value is None:
        raise NothingToPrint("an empty value would be printed; test it first: {% if … %}")
    if isinstance(value, dict):
        raise NotPrintable(f"a group of values cannot be printed whole; pick one: {', '.join(map(str, value))}")
    raise NotPrintable('a list or true/false cannot be printed; join a list: {{ … | join(" ") }}')


def whole(chunks: Iterator[str]) -> str:
    """Puts the pieces together and stops at the limit."""
    pieces: list[str] = []
    length = 0
    for chunk in chunks:
        length += len(chunk)
        if length > LONGEST_TEXT:
            raise TooLong(f"the text grows over {LONGEST_TEXT:,} characters")
        pieces.append(chunk)
    return "".join(pieces)


def answer(request: dict[str, Any], folders: list[Path]) -> dict[str, Any]:
    """Renders or checks, and turns whatever goes wrong into a reply."""
    values = request.get("values", {})
    try:
        return {"text": rendered(request, values, environment(folders, list(values)))}
    except Exception as error:
        return problem(error)


def rendered(request: dict[str, Any], values: dict[str, Any], sandbox: ImmutableSandboxedEnvironment) -> str:
    """Returns the text of a template, or of a text given; nothing for one that is only checked."""
    if "check" in request:
        sandbox.get_template(request["check"])
        return ""
    template = sandbox.from_string(request["text"]) if "text" in request else sandbox.get_template(request["template"])
    return whole(template.generate(values))


def problem(error: Exception) -> dict[str, Any]:
    """Says what went wrong and in which line of which template."""
    kind, message = kind_and_message(error)
    file, line = place(error.__traceback__)
    reply: dict[str, Any] = {"problem": kind, "message": message[:LONGEST_MESSAGE], "file": file, "line": line}
    if isinstance(error, UnknownVariable):
        reply |= {"name": error.name, "known": error.known}
    if isinstance(error, TemplateSyntaxError):
        reply |= {"file": error.filename or file, "line": error.lineno}
    return reply


def kind_and_message(error: Exception) -> tuple[str, str]:
    """Returns the kind that the caller knows, and a message that follows the name of a template."""
    match error:
        case MemoryError():
            found = "memory", "needs too much memory"
        case RecursionError():
            found = "recursion", "calls itself without end"
        case UnknownVariable():
            found = "unknown", str(error)
        case NothingToPrint():
            found = "nothing", str(error)
        case TemplateSyntaxError():
            found = "syntax", f"not a template: {error.message}"
        case TemplateNotFound():
            found = "missing", f'includes "{error.name}", which is not in templates/'
        case SecurityError():
            found = "security", f"reaches for what templates may not have: {error}"
        case UnicodeDecodeError():
            found = "encoding", "is not UTF-8 text"
        case NotPrintable() | TooLong():
            found = "output", str(error)
        case _:
            found = "raised", f"{type(error).__name__}: {error}"
    return found


def place(trace: TracebackType | None) -> tuple[str | None, int | None]:
    """Returns the innermost file and line that belong to a template: Jinja2 rewrites the traceback to show them."""
    found: tuple[str | None, int | None] = (None, None)
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name.endswith(".j2") or name in ("<template>", "<unknown>"):
            found = (name if name.endswith(".j2") else None, trace.tb_lineno)
        trace = trace.tb_next
    return found


def limit_memory() -> None:
    """Sets the limit where the system has one; the time-out of the caller holds everywhere."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    except (ImportError, ValueError, OSError):
        return


def main(folders: list[Path]) -> None:
    """Says that it is ready, then answers line by line until the input ends."""
    limit_memory()
    print("ready", flush=True)
    for line in sys.stdin:
        reply = answer(json.loads(line), folders)
        print(json.dumps(reply), flush=True)
        if reply.get("problem") == "memory":
            os._exit(0)  # a fresh process is cheaper than one whose memory is full


if __name__ == "__main__":
    main([Path(folder) for folder in sys.argv[1:]])
