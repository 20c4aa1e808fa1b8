"""`redletter init`: a new workspace, with an example that runs at once."""

import re
import shlex
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.door import Door
from scheduler.cli.output import say

if TYPE_CHECKING:
    from scheduler.campaigns import Campaign

_YEARS = re.compile(r"^years(\s*)= *\[\d{4}\][ \t]*(#.*)?$", re.MULTILINE)
_INTRODUCTION = "# The configuration of this workspace: where the book is, who speaks, and through which accounts.\n"

_TEMPLATES_README = """\
# Templates of your own

A template turns an excerpt of an article into the text of a post. These ship with Redletter and need no file here:
announcement, quote, key-fact, how-to-help. A file here comes before the one that ships:

    templates/NAME/default.j2     for every platform
    templates/NAME/x.j2           for X; likewise mastodon.j2 and bluesky.j2

So templates/quote/mastodon.j2 changes what quotes look like on Mastodon, and nothing else. thank-you/default.j2 is a
small one of your own to begin with: use it in a slot with `template = "thank-you"`.

What a template may use, among others: `{{ excerpt.text }}`, `{{ excerpt.quoted }}`, `{{ excerpt.attribution }}`,
`{{ title }}`, `{{ link }}`, `{{ day.name }}`, `{{ day.when }}`, `{{ day.line }}`, `{{ hashtags | join(" ") }}`,
`{{ support.line }}`, `{{ organisation }}`. `redletter preview` shows at once what comes of it.
"""

_TEMPLATE = """\
{# A template of your own: use it in a slot with template = "thank-you". #}
Thank you to everyone who marked {{ day.name }} with {{ organisation or "us" }}.

{% if support.line %}
Help is there on every other day, too: {{ support.line }}
{% endif %}
{% if link %}
{{ link }}
{% endif %}
{{ hashtags[:2] | join(" ") }}
"""

_GITIGNORE = """\
*.db
*.db-wal
*.db-shm
*.daemon-lock
*.daemon-pulse
*.before-migration
*.before-restore-*
outbox/
secrets/
preview.html
"""


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def init(door: Door, folder: Path) -> None:
    """Make a workspace with an example that runs at once.

    DIR is made where it is not there yet; nothing in it is ever written over. The example posts to an outbox: a folder.
    """
    files = dict(_files(door.now().date()))
    _write(folder, files)
    say(_next_steps(folder, files))


def example_folder() -> Path:
    """Returns where the example is kept: inside the package when installed, the top of a checkout otherwise."""
    package = Path(__file__).parents[1]
    inside = package / "example"
    return inside if inside.is_dir() else package.parent


def _files(today: date) -> Iterator[tuple[str, bytes]]:
    """Yields the path and the content of each file of the example."""
    example = example_folder()
    config = example / ("config.toml" if example.name == "example" else "config.example.toml")
    yield "config.toml", _own_config(config.read_text(encoding="utf-8")).encode()
    for path in sorted((example / "campaigns").glob("*.toml")):
        yield f"campaigns/{path.name}", _with_a_year_to_come(path, today).encode()
    for path in sorted((example / "articles").iterdir()):
        if path.is_file():
            yield f"articles/{path.name}", path.read_bytes()
    yield "templates/README.md", _TEMPLATES_README.encode()
    yield "templates/thank-you/default.j2", _TEMPLATE.encode()
    yield ".gitignore", _GITIGNORE.encode()


def _own_config(text: str) -> str:
    """The example explains how to copy it; the copy need not."""
    return _INTRODUCTION + re.sub(r"\A(#.*\n)+", "", text)


def _with_a_year_to_come(path: Path, today: date) -> str:
    """The example's releases belong to their year; once that is over, the first year that lies ahead is written instead."""
    from scheduler.awareness import load_calendar
    from scheduler.campaigns import load_campaign

    text = path.read_text(encoding="utf-8")
    campaign = load_campaign(path, path.name)
    year = _year_to_come(campaign, load_calendar().find(str(campaign.day)).id, today)
    if year in campaign.years:
        return text
    note = f"# the example's articles speak of {campaign.years[0]}"
    return _YEARS.sub(lambda match: f"years{match[1]}= [{year}]  {note}", text)


def _year_to_come(campaign: "Campaign", day_id: str, today: date) -> int:
    from scheduler.awareness import load_calendar
    from scheduler.campaigns import offset_of

    calendar = load_calendar()
    day = calendar.find(day_id)
    year = min(campaign.years, default=today.year)
    first = timedelta(days=min(offset_of(slot) for slot in campaign.slots))
    while calendar.occurrence(day, year).start + first <= today:
        year += 1
    return year


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes all files or none; raises RedletterError, also where one of them is there already."""
    from scheduler.errors import RedletterError

    there = [name for name in files if (folder / name).exists()]
    if there:
        raise RedletterError(
            f"{folder} has {', '.join(there)} already; nothing was written over. Choose another folder"
        )
    written: list[Path] = []
    made: list[Path] = []
    try:
        for name, content in files.items():
            path = folder / name
            _make_folder(path.parent, made)
            with path.open("xb") as file:
                written.append(path)
                file.write(content)
        (folder / "config.toml").chmod(0o600)
    except OSError as error:
        _take_back(written, made)
        raise RedletterError(f"{folder}: the workspace cannot be written: {error.strerror or error}") from error


def _make_folder(folder: Path, made: list[Path]) -> None:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    made.extend(reversed(missing))


def _take_back(written: list[Path], made: list[Path]) -> None:
    for path in written:
        path.unlink(missing_ok=True)
    for folder in reversed(made):
        folder.rmdir()


def _next_steps(folder: Path, files: Mapping[str, bytes]) -> Iterator[str]:
    campaign = next(Path(name).stem for name in files if name.startswith("campaigns/"))
    steps = {
        f"cd {shlex.quote(str(folder))}": "",
        f"redletter preview {campaign}": "what would be posted; nothing is saved",
        f"redletter plan {campaign}": "save the posts as drafts",
        f"redletter approve --campaign {campaign}": "look at them and approve them",
        "redletter run": "publish each at its hour",
    }
    widest = max(map(len, list(steps)[1:]))
    yield f"Made a workspace: {folder.absolute()}"
    yield ""
    for step, why in steps.items():
        yield f"  {step:<{widest}}  {why}".rstrip()
    yield ""
    yield "The accounts of the example write into the folder outbox/ and send nothing; config.toml shows real ones."
