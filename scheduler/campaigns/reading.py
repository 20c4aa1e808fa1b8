"""Finds and reads campaign files, and says all that is wrong with all of them at once."""

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scheduler.campaigns.agreement import disagreements
from scheduler.campaigns.campaign import Campaign, Slot, SourceTable
from scheduler.campaigns.own_day import InlineDay
from scheduler.campaigns.when import When
from scheduler.errors import CampaignError, Problem
from scheduler.tomlfile import LARGEST_FILE, TomlFile, did_you_mean, problem, problems_of, read_toml, unknown_key

FOLDER = "campaigns"
_LOOKS_LIKE_KEY = re.compile(r"""^\s*(id|if_unreachable)\s*=\s*["']([^"'\n]+)["']""", re.MULTILINE)


def load_campaign(path: Path, name: str | None = None) -> Campaign:
    """Reads one campaign file; name: how messages call it. Raises CampaignError with all its problems."""
    toml = read_toml(path, CampaignError, name or str(path))
    problems = [problem(toml, keys, message) for keys, message in disagreements(toml.data)]
    problems += _not_keys(toml)
    try:
        campaign = Campaign.model_validate(toml.data | {"file": toml.name}, by_alias=True, by_name=False)
        campaign._toml = toml
    except ValidationError as error:
        problems += problems_of(toml, error, Campaign)
    if problems:
        raise CampaignError(sorted(problems, key=lambda each: each.line or 0))
    return campaign


def load_campaigns(workspace: Path, names: Iterable[str] = ()) -> list[Campaign]:
    """Reads the campaigns of a workspace, all or those named by id, file name or path, in the order of their files.

    Raises CampaignError with the problems of all files together, for an unknown name, and for an id used twice.
    """
    names = list(names)
    files = sorted((workspace / FOLDER).glob("*.toml"))
    chosen: dict[Path, None] = {} if names else dict.fromkeys(files)
    problems: list[Problem] = []
    for name in names:
        path = _file_called(name, files, workspace)
        if path is None:
            problems.append(_unknown(name, files))
        else:
            chosen[path] = None
    problems += _ids_used_twice([*files, *(chosen.keys() - set(files))], workspace)
    campaigns = []
    for path in chosen:
        try:
            campaigns.append(load_campaign(path, _shown(path, workspace)))
        except CampaignError as error:
            problems += error.problems
    if problems:
        raise CampaignError(problems)
    return campaigns


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A campaign file that cannot be read: its name in messages, and why.

    id, if_unreachable: as the file seems to say them, broken as it is; None where nothing like them is found.
    """

    file: str
    why: str
    id: str | None = None
    if_unreachable: str | None = None


def load_readable(workspace: Path) -> tuple[list[Campaign], list[Unreadable]]:
    """Reads each campaign file by itself; one with no more than unknown keys counts as read. Raises nothing."""
    campaigns, unreadable = [], []
    for path in sorted((workspace / FOLDER).glob("*.toml")):
        name = _shown(path, workspace)
        try:
            campaigns.append(load_campaign(path, name))
        except CampaignError as error:
            toml = _readable(path, workspace)
            if known := _known_part(toml) if toml else None:
                campaigns.append(known)
            else:
                unreadable.append(Unreadable(name, str(error.problems[0]), **_seems_to_say(path)))
    return campaigns, unreadable


def _seems_to_say(path: Path) -> dict[str, str]:
    try:
        text = path.read_bytes()[:LARGEST_FILE].decode("utf-8", "replace")
    except OSError:
        return {}
    return dict(
        reversed(_LOOKS_LIKE_KEY.findall(text))
    )  # the first counts: the keys of a campaign stand before its tables


def load_known_part(workspace: Path, name: str) -> Campaign | None:
    """Returns what a campaign file says apart from its unknown keys, so that the rest of it can be checked as well.

    None when there is no such file, or when more than that is wrong with it. Its problems are `load_campaigns`' to tell.
    """
    toml = _toml_called(workspace, name)
    return _known_part(toml) if toml else None


def _known_part(toml: TomlFile) -> Campaign | None:
    if list(disagreements(toml.data)):
        return None
    data = copy.deepcopy(toml.data) | {"file": toml.name}
    try:
        campaign = Campaign.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        if any(each["type"] != "extra_forbidden" for each in problems):
            return None
        for each in problems:
            _take_out(data, each["loc"])
        campaign = Campaign.model_validate(data, by_alias=True, by_name=False)
    campaign._toml = toml
    return campaign


def load_names(workspace: Path, name: str) -> Campaign | None:
    """Returns the names that a campaign file uses (day, accounts, articles, templates, excerpts), however wrong it is.

    What comes back was never validated and can be asked for names only, never drafted. None when it is no TOML file.
    """
    toml = _toml_called(workspace, name)
    if toml is None:
        return None
    data = toml.data
    articles, slots = data.get("articles"), data.get("slot")
    campaign = Campaign.model_construct(
        id=_text(data, "id") or "",
        title="",
        file=toml.name,
        day=_named_day(data.get("day")),
        accounts=_texts(data, "accounts") or (),
        articles={key: _named_source(each) for key, each in articles.items() if _named_source(each)}
        if isinstance(articles, dict)
        else {},
        slots=tuple(_names_of_slot(slot) for slot in slots) if isinstance(slots, list) else (),
    )
    campaign._toml = toml
    return campaign


def _names_of_slot(slot: Any) -> Slot:
    known = slot if isinstance(slot, dict) else {}
    # `every` is no name: with it, a selector of several excerpts is not told a second time.
    return Slot.model_construct(
        id=_text(known, "id") or "",
        when=When(0, time()),
        accounts=_texts(known, "accounts"),
        template=_text(known, "template"),
        excerpt=_text(known, "excerpt"),
        article=_text(known, "article"),
        every=timedelta(hours=1),
    )


def _named_day(day: Any) -> str | InlineDay:
    """A day as far as it is well formed; any that exists where it is not, which is told already."""
    if isinstance(day, str):
        return day
    try:
        named = InlineDay.model_validate(day)
    except ValidationError:
        named = None
    return InlineDay(name="-", date="1 january") if named is None or any(named.disagreements()) else named


def _named_source(article: Any) -> Any:
    """An article as far as it is well formed; None where it is not, which is told already."""
    if isinstance(article, str):
        return article
    try:
        table = SourceTable.model_validate(article)
    except ValidationError:
        return None
    return table if table.source or table.feed else None


def _text(data: dict[str, Any], key: str) -> str | None:
    value = data.get(key)
    return value if isinstance(value, str) else None


def _texts(data: dict[str, Any], key: str) -> tuple[str, ...] | None:
    value = data.get(key)
    return tuple(value) if isinstance(value, list) and all(isinstance(each, str) for each in value) else None


def _toml_called(workspace: Path, name: str) -> TomlFile | None:
    path = _file_called(name, sorted((workspace / FOLDER).glob("*.toml")), workspace)
    try:
        return read_toml(path, CampaignError, _shown(path, workspace)) if path else None
    except CampaignError:
        return None


def _take_out(data: Any, keys: tuple[str | int, ...]) -> None:
    *path, last = keys
    for key in path:
        data = data[key]
    del data[last]


def _not_keys(toml: TomlFile) -> Iterator[Problem]:
    """`file` is a field of the model and no key of the file."""
    if "file" in toml.data:
        yield unknown_key(toml, ("file",))


def _file_called(name: str, files: list[Path], workspace: Path) -> Path | None:
    for path in files:
        if name in (path.name, path.stem):
            return path
    for path in files:
        if name == _id_in(path):
            return path
    for path in (Path(name).absolute(), workspace / name):
        if path.suffix == ".toml" and path.is_file():
            return next((file for file in files if file.samefile(path)), path)
    return None


def _id_in(path: Path) -> str | None:
    """The id that a file gives itself, even when all else in it is wrong; None when it cannot be read at all."""
    toml = _readable(path, path.parent)
    written = toml.data.get("id") if toml else None
    return written if isinstance(written, str) else None


def _unknown(name: str, files: list[Path]) -> Problem:
    known = {found for path in files for found in (path.stem, _id_in(path)) if found}
    if not known:
        return Problem(f'unknown campaign "{name}"; the folder {FOLDER}/ has none')
    listed = f"; known: {', '.join(sorted(known))}" if len(known) <= 12 else ""
    return Problem(f'unknown campaign "{name}"{did_you_mean(name, known) or listed}')


def _ids_used_twice(paths: Iterable[Path], workspace: Path) -> Iterator[Problem]:
    """An id names posts in the book, so it must be alone in the whole workspace, not just among the chosen."""
    owners: dict[str, str] = {}
    for path in paths:
        toml = _readable(path, workspace)
        name = toml.data.get("id") if toml else None
        if toml is None or not isinstance(name, str):
            continue
        if name in owners:
            yield problem(toml, ("id",), f'"{name}" is the id of {owners[name]} too; each campaign needs its own')
        owners.setdefault(name, toml.name)


def _readable(path: Path, workspace: Path) -> TomlFile | None:
    try:
        return read_toml(path, CampaignError, _shown(path, workspace))
    except CampaignError:
        return None


def _shown(path: Path, workspace: Path) -> str:
    return str(path.relative_to(workspace)) if path.is_relative_to(workspace) else str(path)
