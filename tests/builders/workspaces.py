"""A small workspace with one campaign, and a person who types commands in it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from scheduler.cli.door import Door
from scheduler.cli.main import cli

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
THE_DAY = datetime(2027, 3, 18, 9, 0, tzinfo=UTC)

CONFIG = """\
time_zone = "Europe/London"
organisation = "Harbour Trust"

[accounts.press-x]
platform = "outbox"
like = "x"

[accounts.press-bluesky]
platform = "outbox"
like = "bluesky"
"""

ARTICLE = """\
---
title: The harbour opens its gates
date: 2027-03-01
url: https://harbour.example/news/gates
---

The Harbour Trust opens the gates of the old harbour to everyone on Thursday 18 March.

Mira Holt, keeper of the harbour, said: “Come and see what we mend. Bring your children.”

Tomas Reed, who paints boats, said: “I have waited ten years for this day.”

Call the harbour on 01632 960 123.
"""

CAMPAIGN = """\
id = "harbour"
title = "Harbour Open Day"
day = { name = "Harbour Open Day", date = "18 march" }
years = [2027]
accounts = ["press-x", "press-bluesky"]
hashtags = ["Harbour{yy}"]

[articles]
release = "articles/gates.md"

[[slot]]
id = "a-week-to-go"
when = "-7d 10:00"
text = "{{ excerpt.text }} {{ link }}"
excerpt = "lead"

[[slot]]
id = "on-the-day"
when = "09:00"
text = "Today is {{ day.name }}. {{ hashtags | join(' ') }}"
"""


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass
class Desk:
    """Somebody in front of a workspace, at a moment that the test chooses. interactive: whether they can be asked."""

    folder: Path
    now: datetime = NOW
    interactive: bool = False
    environment: dict[str, str] = field(default_factory=dict)

    def type(self, *words: object, answers: str | bytes = "", name: str | None = "kim") -> Said:
        """Types one command; answers: what is typed when it asks, or comes through standard input."""
        door = Door(name=name, now=lambda: self.now, is_interactive=lambda: self.interactive)
        runner = CliRunner(env={"COLUMNS": "100", "NO_COLOR": None, **self.environment})
        arguments = ["--workspace", str(self.folder), *map(str, words)]
        result = runner.invoke(cli, arguments, input=answers, obj=door)
        return Said(result.exit_code, result.stdout, result.stderr)

    def done(self, *words: object, **options: Any) -> Said:
        """Types one command that must succeed."""
        said = self.type(*words, **options)
        assert said.code == 0, said
        return said

    def json(self, *words: object) -> Any:
        return self.done(*words, "--json").json

    def posts(self) -> list[dict[str, Any]]:
        """Returns the posts in the book, by their ids."""
        posts: list[dict[str, Any]] = sorted(self.json("posts")["posts"], key=lambda post: int(post["id"]))
        return posts

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def replace(self, name: str, old: str, new: str) -> None:
        """Changes words of a file, which must hold them."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def files(self) -> dict[str, str]:
        """Returns the digest of each file; what SQLite keeps beside a database is no file of its own."""
        return {
            str(path.relative_to(self.folder)): sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not path.name.endswith(("-wal", "-shm"))
        }


def make_workspace(folder: Path) -> Desk:
    desk = Desk(folder)
    desk.write("config.toml", CONFIG).chmod(0o600)
    desk.write("campaigns/harbour.toml", CAMPAIGN)
    desk.write("articles/gates.md", ARTICLE)
    return desk
