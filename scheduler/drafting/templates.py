"""The templates of a workspace: where each is found, and what to say when one does not work.

`templates/<name>/<platform>.j2`, else `templates/<name>/default.j2`; the workspace's own come before those that ship.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scheduler.drafting.renderer import Renderer
from scheduler.errors import Problem, TemplateError
from scheduler.tomlfile import did_you_mean

SECONDS = 2.0  # for one text; a template that loops for ever is stopped then
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def shipped_templates() -> Path:
    """Returns the folder of the templates that ship: inside the package when installed, at the top of a checkout."""
    inside = Path(__file__).parent / "default_templates"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "templates"


class Templates:
    """Finds and renders templates; close it, or use it in a `with`, to end its rendering process early.

    seconds: how long one text may take.
    """

    def __init__(self, workspace: Path, seconds: float = SECONDS) -> None:
        self.workspace = workspace
        self.folders = (workspace / "templates", shipped_templates())
        self._renderer = Renderer(self.folders, seconds)
        self._given_up: dict[str, TemplateError] = {}

    def __enter__(self) -> Self:
        self._renderer.begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the rendering process; the next text starts another."""
        self._renderer.close()

    def names(self) -> tuple[str, ...]:
        """Returns the names of all templates, the workspace's and those that ship."""
        files = (file for folder in self.folders for file in folder.glob("*/*.j2"))
        return tuple(sorted({file.parent.name for file in files}))

    def find(self, name: str, platform: str) -> Path:
        """Returns the file that serves this platform. Raises TemplateError when there is none."""
        if _NAME.fullmatch(name):
            for folder in self.folders:
                for file in (folder / name / f"{platform}.j2", folder / name / "default.j2"):
                    if file.is_file():
                        return file
        names = self.names()
        if name in names:
            raise TemplateError(f'template "{name}" has no default.j2 and no {platform}.j2')
        known = f"; there are {', '.join(names)}" if names else ""
        raise TemplateError(f'unknown template "{name}"{did_you_mean(name, names) or known}')

    def render(self, name: str, platform: str, values: Mapping[str, Any]) -> str:
        """Renders the template for this platform. values: plain data (texts, numbers, lists, dicts), as JSON has it.

        Raises TemplateError, with file and line, when it cannot be rendered in time, in size, or at all.
        """
        file = self.find(name, platform)
        return self._render({"template": f"{name}/{file.name}"}, str(file), values)

    def render_text(self, text: str, where: Problem, values: Mapping[str, Any]) -> str:
        """Renders a text that stands in a campaign. where: its file, first line and key, for messages."""
        return self._render({"text": text}, text, values, where)

    def check(self, name: str, platform: str) -> None:
        """Raises TemplateError when the template is missing or is not one; renders nothing."""
        file = self.find(name, platform)
        reply = self._renderer.ask({"check": f"{name}/{file.name}"})
        if "problem" in reply:
            raise TemplateError([self._problem(reply, str(file), None)])

    def _render(
        self, request: Mapping[str, Any], source: str, values: Mapping[str, Any], where: Problem | None = None
    ) -> str:
        if source in self._given_up:
            raise self._given_up[source]
        reply = self._renderer.ask({**request, "values": values})
        if "problem" not in reply:
            return self._sound(reply["text"], source, where)
        error = RenderingFailed([self._problem(reply, source, where)], kind=reply["problem"])
        if reply["problem"] in ("time", "memory", "crash"):
            self._given_up[source] = error  # once is enough: a campaign renders a template many times
        raise error

    def _sound(self, text: str, source: str, where: Problem | None) -> str:
        try:
            text.encode()
        except UnicodeEncodeError:
            half = {"message": "yields half of a character, which no platform takes", "file": None, "line": None}
            raise RenderingFailed([self._problem(half, source, where)], kind="output") from None
        return text

    def _problem(self, reply: Mapping[str, Any], source: str, where: Problem | None) -> Problem:
        message = reply["message"] + self._hint(reply)
        line = reply.get("line")
        if reply.get("file") or where is None:
            return Problem(message, file=self._shown(reply.get("file") or source), line=line)
        first = where.line + line - 1 if where.line and line else where.line
        return Problem(message, file=where.file, line=first, key=where.key)

    def _hint(self, reply: Mapping[str, Any]) -> str:
        if reply.get("problem") != "unknown":
            return ""
        return did_you_mean(reply["name"], reply["known"]) or _there_are(reply["known"])

    def _shown(self, file: str) -> str:
        """Names a file as a person finds it: from the workspace, or as one that ships."""
        path = Path(file)
        own, shipped = (folder.resolve() for folder in self.folders)
        resolved = path.resolve()
        if resolved.is_relative_to(own):
            return str(Path("templates") / resolved.relative_to(own))
        if resolved.is_relative_to(shipped):
            return f"{Path('templates') / resolved.relative_to(shipped)} (ships with redletter)"
        return file


class RenderingFailed(TemplateError):
    """A template that was found could not be rendered. kind: as `render_process` names it ("nothing", "time" …)."""

    def __init__(self, problems: Iterable[Problem], kind: str) -> None:
        self.kind = kind
        super().__init__(problems)


def _there_are(known: Iterable[str]) -> str:
    names = ", ".join(known)
    return f"; there are {names}" if names else ""
