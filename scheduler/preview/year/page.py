"""The year planner as one self-contained HTML page, which prints on one page as well."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from html import escape
from typing import NamedTuple

from scheduler.awareness import DateStatus, Kind, Occurrence
from scheduler.posts.wording import count
from scheduler.preview.page import page
from scheduler.preview.year.findings import Topic, short
from scheduler.preview.year.planner import AccountYear, Month, YearPlanner, marks_of
from scheduler.preview.year.style import YEAR_STYLE, fitting
from scheduler.preview.year.wording import (
    HEADINGS,
    MOST,
    by_topic,
    change_words,
    more_words,
    number_words,
    other_unannounced,
    posts_words,
)

_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SATURDAY = 5
_LEGEND = (
    ("posts", "posts go out"),
    ("day", "awareness day"),
    ("week", "awareness week"),
    ("maybe-day", "date computed, to confirm"),
    ("holiday", "bank holiday"),
)


class _Row(NamedTuple):
    """A line below a month. look: its class; tags: what is to be known of it; title: whose words they are."""

    day: date
    rank: int
    look: str
    dates: str
    words: str
    tags: tuple[str, ...] = ()
    title: str = ""


def year_page(planner: YearPlanner, made_at: datetime | None = None) -> str:
    """Returns the whole page. made_at: aware, printed at the foot."""
    rows = [sorted(_rows(month)) for month in planner.months]
    body = "\n".join(
        (
            *_header(planner),
            "<main>",
            *_problems(planner),
            '<div class="months">',
            *(line for month, of in zip(planner.months, rows, strict=True) for line in _month(month, of, planner)),
            "</div>",
            '<div class="below">',
            *_accounts(planner.accounts),
            *_findings(planner),
            "</div></main>",
            _footer(made_at),
        )
    )
    style = YEAR_STYLE + fitting(_lengths(rows), _lengths_below(planner), len(planner.accounts))
    return page(_title(planner), body, style)


def _title(planner: YearPlanner) -> str:
    return f"Year planner {planner.year}{f', {planner.organisation}' if planner.organisation else ''}"


def _header(planner: YearPlanner) -> Iterator[str]:
    yield '<header><a class="skip" href="#look">Skip to what wants a look</a>'
    yield f'<p class="kicker">{escape(planner.organisation or "Redletter")}</p><h1>Year planner {planner.year}</h1>'
    yield "<dl>"
    for name, value in _summary(planner):
        yield f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
    yield '</dl><ul class="legend" aria-label="Signs">'
    for look, words in _LEGEND:
        yield f'<li><span class="sign {look}" aria-hidden="true">18</span> {escape(words)}</li>'
    yield "</ul></header>"


def _summary(planner: YearPlanner) -> Iterator[tuple[str, str]]:
    yield "Campaigns", str(len(planner.plans))
    yield "Posts", str(sum(planner.posts_on.values()))
    for topic, name in ((Topic.CLASHES, "Clashes"), (Topic.NOT_ANNOUNCED, "Not announced yet")):
        yield name, str(sum(1 for each in planner.findings if each.topic is topic and not each.over) or "none")


def _problems(planner: YearPlanner) -> Iterator[str]:
    if planner.problems:
        yield '<section class="problems" aria-labelledby="problems"><h2 id="problems">Problems: this could not be read</h2><ul>'
        yield from (f"<li>{escape(problem)}</li>" for problem in planner.problems)
        yield "</ul></section>"


def _month(month: Month, rows: Sequence[_Row], planner: YearPlanner) -> Iterator[str]:
    name, anchor = f"{month.first:%B}", f"{month.first:%b}".lower()
    yield f'<section class="month" aria-labelledby="{anchor}"><h2 id="{anchor}">{name}</h2>'
    yield f"<table><caption>{name} {planner.year}</caption><thead><tr>"
    yield from (f'<th scope="col" abbr="{day}">{day[:2]}</th>' for day in _WEEK)
    yield "</tr></thead><tbody>"
    days = list(month.every_day)
    cells: list[str] = ["<td></td>"] * days[0].weekday() + [_cell(month, day, planner) for day in days]
    cells += ["<td></td>"] * (-len(cells) % 7)
    for start in range(0, len(cells), 7):
        yield f"<tr>{''.join(cells[start : start + 7])}</tr>"
    yield "</tbody></table>"
    if rows:
        yield '<ul class="rows">'
        yield from map(_line, rows)
        yield "</ul>"
    yield "</section>"


def _cell(month: Month, day: date, planner: YearPlanner) -> str:
    looks, words = ["weekend"] if day.weekday() >= _SATURDAY else [], []
    posts = planner.posts_on.get(day, 0)
    if posts:
        looks.append("posts")
        words.append(count(posts, "post"))
    for occurrence in marks_of(month, day):
        is_computed = occurrence.status is DateStatus.COMPUTED
        looks.append(("maybe-" if is_computed else "") + ("day" if occurrence.kind is Kind.DAY else "week"))
        words.append(occurrence.day.name + (", date computed" if is_computed else ""))
    if day in month.holidays:
        looks.append("holiday")
        words.append(month.holidays[day])
    said = f'<span class="hidden">: {escape("; ".join(words))}</span>' if words else ""
    look = f' class="{" ".join(dict.fromkeys(looks))}"' if looks else ""
    return f"<td{look}><span>{day.day}{said}</span></td>"


def _line(row: _Row) -> str:
    tags = "".join(f' <span class="tag">{escape(tag)}</span>' for tag in row.tags)
    title = f"<b>{escape(row.title)}:</b> " if row.title else ""
    words = f"<span>{title}{escape(row.words)}{tags}</span>"
    return f'<li class="{row.look}"><span class="dates">{row.dates}</span> {words}</li>'


def _rows(month: Month) -> Iterator[_Row]:
    for each in month.days:
        is_computed = each.status is DateStatus.COMPUTED
        look = "day computed" if is_computed else "day"
        dates = _dates(each.start, each.end, month.first)
        tags = (*_tags(each), *([f"to {short(each.end)}"] if dates.startswith("from") else []))
        yield _Row(max(each.start, month.first), 0, look, dates, each.day.name, tags)
    for plan in month.plans:
        dates = _dates(plan.first, plan.last, month.first)
        yield _Row(plan.first, 1, "plan", dates, posts_words(plan), title=plan.title)
    for day, name in month.holidays.items():
        yield _Row(day, 2, "faint", _dates(day, day, month.first), f"Bank holiday: {name}")
    for change in month.clock_changes:
        yield _Row(change.day, 3, "faint", _dates(change.day, change.day, month.first), change_words(change))


def _tags(occurrence: Occurrence) -> Iterator[str]:
    if occurrence.status is DateStatus.COMPUTED:
        yield "computed"
    if occurrence.day.sensitive:
        yield "sensitive"


def _dates(first: date, last: date, month: date) -> str:
    """Writes "Thu 18" or "11–18"; of what reaches into other months, the end that is in this one."""
    if first < month:
        return f"to {last.day}" if last < _next_month(month) else "all month"
    if last >= _next_month(month):
        return f"from {first.day}"
    return f"{first:%a} {first.day}" if first == last else f"{first.day}–{last.day}"


def _next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _accounts(accounts: Sequence[AccountYear]) -> Iterator[str]:
    if not accounts:
        return
    yield '<section class="accounts" aria-labelledby="accounts"><h2 id="accounts">Posts by account and month</h2>'
    yield '<div class="wide"><table><thead><tr><th scope="col">Account</th>'
    for number in range(1, 13):
        month = date(2000, number, 1)
        yield f'<th scope="col" abbr="{month:%B}">{month:%b}</th>'
    yield "</tr></thead><tbody>"
    for account in accounts:
        cells = "".join(f"<td>{number_words(posts)}</td>" for posts in account.months)
        yield f'<tr><th scope="row">{escape(account.name)}</th>{cells}</tr>'
    yield "</tbody></table></div></section>"


def _findings(planner: YearPlanner) -> Iterator[str]:
    yield '<div class="findings" id="look">'
    for topic, found in by_topic(planner):
        heading = HEADINGS[topic]
        yield f'<section class="{topic.value}" aria-labelledby="{topic.value}">'
        yield f'<h2 id="{topic.value}">{escape(heading.title)}</h2><ul>'
        for each in found[:MOST]:
            over = ' <span class="tag">over</span>' if each.over else ""
            answer = f'<p class="answer">{escape(_sentence(each.answer))}</p>' if each.answer else ""
            yield f"<li>{escape(each.said)}{over}{answer}</li>"
        yield "</ul>"
        if len(found) > MOST:
            yield f"<p>{escape(more_words(len(found)))}</p>"
        if heading.answer:
            yield f'<p class="answer">{escape(heading.answer)}</p>'
        yield "</section>"
    others = other_unannounced(planner)
    if others:
        names = "; ".join(each.day.name for each in others)
        yield '<section aria-labelledby="unannounced"><h2 id="unannounced">Not announced yet</h2>'
        yield f"<p>{escape(names)}</p></section>"
    yield "</div>"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _footer(made_at: datetime | None) -> str:
    when = f" on {short(made_at.date())} {made_at:%Y at %H:%M %Z}" if made_at else ""
    return f"<footer><p>Made by redletter{escape(when)}.</p></footer>"


def _lengths(rows: Sequence[Sequence[_Row]]) -> list[list[int]]:
    """How many characters each line of each month has."""
    return [[_length(row) for row in month] for month in rows]


def _length(row: _Row) -> int:
    return len(row.dates) + len(row.title) + len(row.words) + 5 + sum(len(tag) + 3 for tag in row.tags)


def _lengths_below(planner: YearPlanner) -> list[int]:
    lengths = []
    for topic, found in by_topic(planner):
        lengths += [len(HEADINGS[topic].title), len(HEADINGS[topic].answer)]
        lengths += [length for each in found[:MOST] for length in (len(each.said), len(each.answer)) if length]
    return [*lengths, sum(len(each.day.name) + 2 for each in other_unannounced(planner))]
