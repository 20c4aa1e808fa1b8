"""Measures what is cut out of the invented releases against what a careful reader finds in each of them.

`python -m tests.articles.scoring` prints the figures, and what was missed. Names of releases after it measure these alone.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from scheduler.articles import Article, read_article
from scheduler.excerpts import Excerpt, Excerpts, cut

RELEASES = Path(__file__).parent / "releases"
EXPECTATIONS = tuple(sorted(RELEASES.glob("*.json")))


@cache
def read_release(expectation: Path) -> tuple[dict[str, Any], Article, Excerpts]:
    """What is expected of a release, the release as it is read, and what is cut out of it."""
    source = next(path for path in RELEASES.glob(f"{expectation.stem}.*") if path.suffix != ".json")
    article = read_article(source.name, RELEASES)
    return json.loads(expectation.read_text(encoding="utf-8")), article, cut(article)


def reads(expected: str, words: str) -> bool:
    """Whether the words are the expected ones, where " … " stands for any words between."""
    words = " ".join(words.split())
    opening, gap, close = expected.partition(" … ")
    return words.startswith(opening) and words.endswith(close) if gap else words == expected


@dataclass(slots=True)
class Score:
    """counts: how often each thing was expected, found and right; misses: one line for each that was not."""

    counts: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def share(self, right: str, of: str) -> float:
        return self.counts[right] / self.counts[of] if self.counts[of] else 1.0

    def count(self, right: str, is_right: bool, miss: str) -> None:
        self.counts[right] += is_right
        if not is_right:
            self.misses.append(miss)


def score(expectations: Iterable[Path]) -> Score:
    """Measure the releases together; a quote is right when all its paragraphs are, a speaker when the surname is."""
    total = Score()
    for expectation in expectations:
        expected, article, excerpts = read_release(expectation)
        name = expectation.stem
        published = article.published.isoformat() if article.published else None
        lead = excerpts.lead.text if excerpts.lead else ""
        total.counts["releases"] += 1
        total.count("titles", article.title == expected["title"], f"{name} title: {article.title}")
        total.count("dates", published == expected["published"], f"{name} date: {published}")
        total.count("leads", reads(expected["lead"], lead), f"{name} lead: {lead}")
        _score_quotes(total, name, expected["quotes"], excerpts.quotes)
        _score_places(total, name, expected, excerpts)
    return total


def _score_quotes(total: Score, name: str, expected: list[list[Any]], quotes: Iterable[Excerpt]) -> None:
    left = list(quotes)
    total.counts["quotes expected"] += len(expected)
    total.counts["quotes found"] += len(left)
    for speaker, _, paragraphs in expected:
        said = " / ".join(paragraphs)
        touched = [quote for quote in left if any(map(reads, paragraphs, quote.paragraphs))]
        whole = [quote for quote in touched if _is_whole(paragraphs, quote)]
        for quote in touched[:1]:
            wrong = bool(quote.speaker) and not _is_same(speaker, quote.speaker)
            total.counts["wrong names"] += wrong
            if wrong:
                total.misses.append(f"{name} WRONG NAME: {quote.speaker} for {speaker}: {said}")
        total.count("quotes right", bool(whole), f"{name} quote missed: {speaker}: {said}")
        if whole:
            left.remove(whole[0])
            named = _is_same(speaker, whole[0].speaker)
            total.count("speakers right", named, f"{name} speaker: {whole[0].speaker} for {speaker}: {said}")
    total.misses += [f"{name} quote too much: {quote.speaker}: {quote.text}" for quote in left]


def _is_whole(paragraphs: list[str], quote: Excerpt) -> bool:
    return len(paragraphs) == len(quote.paragraphs) and all(map(reads, paragraphs, quote.paragraphs))


def _is_same(expected: str | None, speaker: str | None) -> bool:
    if expected is None or speaker is None:
        return expected == speaker
    return expected.split(" of ")[0].split()[-1] in re.findall(r"[\w'’-]+", speaker)


def _score_places(total: Score, name: str, expected: dict[str, Any], excerpts: Excerpts) -> None:
    links = {link.url for link in excerpts.links}
    contacts = {contact.value for contact in excerpts.contacts}
    for kind, values, found in (
        ("links", [url for url, _ in expected["links"]], links),
        ("contacts", expected["contacts"], contacts),
    ):
        total.counts[f"{kind} expected"] += len(values)
        for value in values:
            total.count(f"{kind} right", value in found, f"{name} {kind}: {value}")
        total.misses += [f"{name} {kind}, too much: {value}" for value in sorted(found - set(values))]


def _lines(total: Score) -> Iterator[str]:
    yield from total.misses
    yield f"{total.counts['releases']} releases"
    for right, of in FIGURES:
        yield f"{right:15} {total.share(right, of):.3f}  of {total.counts[of]} {of}"
    yield f"wrong names     {total.counts['wrong names']}"


FIGURES = (
    ("titles", "releases"),
    ("dates", "releases"),
    ("leads", "releases"),
    ("quotes right", "quotes found"),
    ("quotes right", "quotes expected"),
    ("speakers right", "quotes expected"),
    ("links right", "links expected"),
    ("contacts right", "contacts expected"),
)


if __name__ == "__main__":
    wanted = sys.argv[1:]
    chosen = [path for path in EXPECTATIONS if not wanted or path.stem.startswith(tuple(wanted))]
    for line in _lines(score(chosen)):
        print(line)
