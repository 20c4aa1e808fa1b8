"""The preview as one self-contained HTML page that opens from a mail: every post as its platform would show it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from itertools import groupby

from scheduler.drafting.draft import Source
from scheduler.errors import Problem
from scheduler.posts.difference import Change, changes
from scheduler.preview.card import Card, CardPart, by_day, day_heading, hour, length_words, source_words, terms_words
from scheduler.preview.page import link, page
from scheduler.preview.sources import Bond, Row, rows_of
from scheduler.preview.style import STYLE

_HASHTAG = re.compile(r"(?<![\w&/#@])#\w*[^\W\d_]\w*")
_MENTION = re.compile(r"(?<![\w@/.])@\w[\w.-]*(?:@\w[\w.-]*\w)?")


@dataclass(frozen=True, slots=True)
class _Shown:
    """A card with its number on the page."""

    card: Card
    number: int

    @property
    def anchor(self) -> str:
        return f"post-{self.number}"


def html_page(
    cards: Iterable[Card],
    problems: Sequence[Problem] = (),
    notes: Sequence[str] = (),
    made_at: datetime | None = None,
) -> str:
    """Returns the whole page.

    problems: posts that could not be drafted; notes: what was left out on purpose; made_at: aware, printed at the foot.
    """
    days = list(_numbered(cards))
    shown = [each for _, group in days for each in group]
    title = _title([each.card for each in shown])
    body = "\n".join(
        (
            *_header(title, [each.card for each in shown], problems),
            "<main>",
            *_problems(problems),
            *_notes(notes),
            *_timeline(days),
            *_posts(days),
            "</main>",
            _footer(made_at),
        )
    )
    return page(f"Preview: {title}", body, STYLE)


def _numbered(cards: Iterable[Card]) -> Iterator[tuple[date, list[_Shown]]]:
    number = 0
    for day, group in by_day(cards):
        yield day, [_Shown(card, number + place) for place, card in enumerate(group, start=1)]
        number += len(group)


def _title(cards: Sequence[Card]) -> str:
    titles = dict.fromkeys(f"{card.campaign_title} {card.occurrence}" for card in cards)
    return ", ".join(titles) or "nothing to post"


def _header(title: str, cards: Sequence[Card], problems: Sequence[Problem]) -> Iterator[str]:
    yield '<header><a class="skip" href="#posts">Skip to the posts</a>'
    yield f'<p class="kicker">{_kicker(cards)}</p><h1>{escape(title)}</h1>'
    yield "<dl>"
    for name, value in _summary(cards, problems):
        yield f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
    yield "</dl></header>"


def _kicker(cards: Sequence[Card]) -> str:
    is_saved = any(card.post_id is not None for card in cards)
    return "What is in the book" if is_saved else "Preview: nothing has been sent"


def _summary(cards: Sequence[Card], problems: Sequence[Problem]) -> Iterator[tuple[str, str]]:
    yield "Posts", str(len(cards))
    if cards:
        days = [card.local_time.date() for card in cards]
        first, last = min(days), max(days)
        yield "When", day_heading(first) if first == last else f"{day_heading(first)} to {day_heading(last)}"
        yield "Accounts", ", ".join(dict.fromkeys(card.account for card in cards))
        yield "Time zone", ", ".join(dict.fromkeys(card.time_zone for card in cards))
    yield "To look at", _to_look_at(sum(1 for card in cards if card.warnings), len(problems))


def _to_look_at(warned: int, problems: int) -> str:
    found = [_count(warned, "post with warnings", "posts with warnings"), _count(problems, "problem", "problems")]
    return ", ".join(filter(None, found)) or "nothing: no warnings, no problems"


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}" if number else ""


def _problems(problems: Sequence[Problem]) -> Iterator[str]:
    if problems:
        yield '<section class="problems" aria-labelledby="problems"><h2 id="problems">Problems: these are not posted</h2><ul>'
        yield from (f"<li>{escape(str(problem))}</li>" for problem in problems)
        yield "</ul></section>"


def _notes(notes: Sequence[str]) -> Iterator[str]:
    if notes:
        yield '<section aria-labelledby="notes"><h2 id="notes">Left out on purpose</h2><ul>'
        yield from (f"<li>{escape(note)}</li>" for note in notes)
        yield "</ul></section>"


def _timeline(days: Sequence[tuple[date, Sequence[_Shown]]]) -> Iterator[str]:
    """A table of moments: one row for each, with a link to each post of it."""
    if not days:
        return
    are_several = len({each.card.campaign for _, group in days for each in group}) > 1
    yield '<nav aria-labelledby="timeline"><h2 id="timeline">Timeline</h2><div class="wide"><table>'
    yield "<thead><tr>"
    yield from (f'<th scope="col">{name}</th>' for name in ("Day", "Time", "Slot", "Posts"))
    yield "</tr></thead><tbody>"
    for day, group in days:
        for place, moment in enumerate(_moments(group)):
            yield _row(day_heading(day) if place == 0 else "", moment, are_several)
    yield "</tbody></table></div></nav>"


def _row(day: str, moment: Sequence[_Shown], are_several: bool) -> str:
    first = moment[0].card
    heading = f'<th scope="row">{escape(day)}</th>' if day else "<td></td>"
    links = " ".join(_chip(each) for each in moment)
    return f"<tr>{heading}<td>{escape(hour(first))}</td><td>{_slot(first, are_several)}</td><td>{links}</td></tr>"


def _slot(card: Card, are_several: bool) -> str:
    """Names the slot, and its campaign where the page shows several."""
    campaign = f" <small>{escape(card.campaign_title)}</small>" if are_several else ""
    return f"{escape(card.slot)}{campaign}"


def _moments(group: Sequence[_Shown]) -> Iterator[list[_Shown]]:
    """The posts of one slot at one time belong together."""
    for _, moment in groupby(group, key=lambda each: (each.card.scheduled_at, each.card.campaign, each.card.slot)):
        yield list(moment)


def _chip(shown: _Shown) -> str:
    card = shown.card
    warned = f" ({_count(len(card.warnings), 'warning', 'warnings')})" if card.warnings else ""
    return f'<a class="chip {_look(card)}" href="#{shown.anchor}">{escape(card.account)}{warned}</a>'


def _posts(days: Sequence[tuple[date, Sequence[_Shown]]]) -> Iterator[str]:
    are_several = len({each.card.campaign for _, group in days for each in group}) > 1
    yield '<div id="posts">'
    for day, group in days:
        yield f'<section class="day"><h2>{escape(day_heading(day))}</h2>'
        for moment in _moments(group):
            first = moment[0].card
            yield f'<h3>{escape(hour(first))} <span class="slot">{_slot(first, are_several)}</span></h3><div class="moment">'
            for each in moment:
                yield from _post(each)
            yield "</div>"
        yield "</section>"
    yield "</div>"


def _post(shown: _Shown) -> Iterator[str]:
    card = shown.card
    name = f"{card.account} on {card.platform_name}"
    yield f'<article class="post" id="{shown.anchor}" aria-labelledby="{shown.anchor}-name">'
    yield f'<h4 id="{shown.anchor}-name">{escape(name)}{_state(card)}</h4>'
    yield f'<div class="card {_look(card)}">'
    for part in card.parts:
        yield from _part(card, part)
    yield "</div>"
    yield from _news(card)
    yield from _warnings(card)
    yield from _sources(card)
    yield "</article>"


def _look(card: Card) -> str:
    return card.looks_like if card.looks_like in ("x", "mastodon", "bluesky") else "neutral"


def _state(card: Card) -> str:
    if card.post_id is None:
        return ""
    return f' <span class="state">post {card.post_id}, {escape(card.status or "")}, version {card.version}</span>'


def _part(card: Card, part: CardPart) -> Iterator[str]:
    stamp = card.local_time
    yield '<div class="part"><div class="who">'
    yield f'<span class="avatar" aria-hidden="true">{escape(initials(card.account))}</span>'
    yield f'<span class="names"><b>{escape(card.account)}</b><span class="handle">@{escape(card.account)}</span></span>'
    yield f'<time datetime="{stamp.isoformat()}">{stamp.day} {stamp:%b}, {stamp:%H:%M}</time></div>'
    if card.content_warning:
        yield f'<p class="cw"><b>Content warning:</b> {escape(card.content_warning)}</p>'
    yield f'<p class="text" dir="auto" lang="{escape(card.language)}">{rich_text(part.text, card.looks_like)}</p>'
    yield _meter(part)
    yield "</div>"


def _meter(part: CardPart) -> str:
    fullest = max(part.lengths, key=lambda length: length.used / max(length.limit, 1))
    share = min(100, round(100 * fullest.used / max(fullest.limit, 1)))
    over = "" if all(length.fits for length in part.lengths) else " <b>too long</b>"
    bar = f'<span class="bar" aria-hidden="true"><span style="width:{share}%"></span></span>'
    return f'<p class="length">{bar}{escape(length_words(part.lengths))}{over}</p>'


def _news(card: Card) -> Iterator[str]:
    """Why a post is held, and what became of its articles."""
    if card.note:
        yield f'<p class="source"><b>Note:</b> {escape(card.note)}</p>'
    for each in card.news:
        yield f'<div class="warnings"><p><b>{escape(each.said)}</b></p>'
        yield f'<p dir="auto">{_marked_up(changes(each.was, each.now))}</p></div>'


def _warnings(card: Card) -> Iterator[str]:
    if card.warnings:
        title = "Warning" if len(card.warnings) == 1 else f"{len(card.warnings)} warnings"
        yield f'<div class="warnings"><p><b>{title}</b></p><ul>'
        yield from (f'<li dir="auto">{escape(warning)}</li>' for warning in card.warnings)
        yield "</ul></div>"


def _sources(card: Card) -> Iterator[str]:
    terms = terms_words(card)
    if terms:
        yield f'<p class="source">{escape(terms[0].upper() + terms[1:])}</p>'
    for source in card.sources:
        yield f'<p class="source">Source: {escape(source_words(source))}</p>'
        if source.words:
            yield from _beside(card, source)
    for receipt in card.receipts:
        place = link(receipt.url, receipt.url) if receipt.url else escape(receipt.platform_id)
        yield f'<p class="source">Published: {place}</p>'


def _beside(card: Card, source: Source) -> Iterator[str]:
    """The text in pieces, each beside where it comes from; folded away until somebody asks."""
    rows = rows_of("\n\n".join(part.text for part in card.parts), source)
    altered = " with what was altered" if any(row.bond is Bond.ALTERED for row in rows) else ""
    yield f'<details class="bonds"><summary>Text and source side by side{altered}</summary><div class="wide"><table>'
    yield '<thead><tr><th scope="col">In the post</th><th scope="col">In the article</th></tr></thead><tbody>'
    for row in rows:
        words = _difference(row) or (escape(row.words) if row.bond is not Bond.SPEAKER else "")
        said = f'<p dir="auto">{words}</p>' if words else ""
        yield f'<tr><td dir="auto">{escape(row.text)}</td><td><p class="place">{escape(row.label)}</p>{said}</td></tr>'
    yield "</tbody></table></div></details>"


def _difference(row: Row) -> str:
    return _marked_up(row.changes)


def _marked_up(found: Sequence[Change]) -> str:
    pieces = []
    for change in found:
        if not change.is_change:
            pieces.append(escape(change.now))
            continue
        pieces += [
            f"<{tag}>{escape(words)}</{tag}>" for tag, words in (("del", change.was), ("ins", change.now)) if words
        ]
    return " ".join(pieces)


def _footer(made_at: datetime | None) -> str:
    when = f" on {made_at.day} {made_at:%B %Y at %H:%M %Z}" if made_at else ""
    return f"<footer><p>Made by redletter{escape(when)}. Making this page sent nothing.</p></footer>"


def initials(account: str) -> str:
    """Returns one or two letters for the avatar: "FX" for "force-x"."""
    words = [word for word in re.split(r"[\W_]+", account) if word]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def rich_text(text: str, looks_like: str) -> str:
    """Escapes a text and marks links, hashtags and mentions as the platform would; only http(s) links lead anywhere."""
    from scheduler.platforms.links import find_links

    pieces, position = [], 0
    for found in find_links(text, bare_domains=looks_like != "mastodon"):
        pieces.append(_marked(text[position : found.start]))
        pieces.append(link(found.url, text[found.start : found.end]))
        position = found.end
    return "".join([*pieces, _marked(text[position:])])


def _marked(text: str) -> str:
    pieces, position = [], 0
    found = sorted([*_HASHTAG.finditer(text), *_MENTION.finditer(text)], key=lambda match: match.start())
    for match in found:
        pieces += [escape(text[position : match.start()]), f'<span class="tag">{escape(match.group())}</span>']
        position = match.end()
    return "".join([*pieces, escape(text[position:])])
