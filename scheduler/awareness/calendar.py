"""The calendar: finds awareness days by any of their names, and their dates in any year."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from unicodedata import normalize

from scheduler.awareness.day import AwarenessDay, DateStatus, EnteredDate, Occurrence, Unannounced
from scheduler.awareness.rules import COMMON_YEAR, FIRST_YEAR, LAST_YEAR, Rule, Span
from scheduler.errors import CalendarError
from scheduler.tomlfile import did_you_mean

_YEARS_AHEAD = 10  # how far the next occurrence is looked for


class Calendar:
    """A set of awareness days; every method is pure."""

    def __init__(self, days: Iterable[AwarenessDay]) -> None:
        self.days: tuple[AwarenessDay, ...] = tuple(days)
        self._by_id = {day.id: day for day in self.days}
        self._by_name = {plain_name(name): day for day in self.days for name in reversed(day.every_name)}
        self._by_name |= {plain_name(day.id): day for day in self.days}

    def find(self, text: str) -> AwarenessDay:
        """Returns the day with this id, name or former name, in any case; CalendarError says which one was meant."""
        day = self._by_name.get(plain_name(text))
        if day is None:
            guess = did_you_mean(text, self._spellings()) or "; see them all with: redletter days"
            raise CalendarError(f'unknown awareness day "{text}"{guess}')
        return day

    def occurrence(self, day: AwarenessDay, year: int) -> Occurrence:
        """Returns the day in one year; CalendarError when it is not announced, or there is none."""
        dated = self.dated(day, year)
        if isinstance(dated, Unannounced):
            raise CalendarError(_not_announced(day, year))
        if dated is None:
            raise CalendarError(_none_in(day, year))
        return dated

    def next_occurrence(self, day: AwarenessDay, today: date) -> Occurrence:
        """Returns the first occurrence that is not over on `today`; CalendarError when no date of one is known."""
        unannounced: list[int] = []
        # One that began late last year may last into this one.
        for year in range(max(today.year - 1, FIRST_YEAR), min(today.year + _YEARS_AHEAD, LAST_YEAR) + 1):
            dated = self.dated(day, year)
            if isinstance(dated, Occurrence) and dated.end >= today:
                return dated
            if isinstance(dated, Unannounced) and year >= today.year:
                unannounced.append(year)
        if unannounced:
            raise CalendarError(_not_announced(day, unannounced[0]))
        raise CalendarError(f'"{day.name}" has no occurrence after {today:%Y-%m-%d}')

    def in_year(self, year: int) -> list[Occurrence | Unannounced]:
        """Returns every day that begins in a year, in the order of their dates; those not announced come last."""
        every = (self.dated(day, year) for day in self.days)
        return sorted((each for each in every if each is not None), key=_order)

    def between(self, first: date, last: date) -> list[Occurrence | Unannounced]:
        """Returns every day of which a part falls between two days, both included, in the order of their dates.

        The days not announced for one of these years come last.
        """
        every = (self.dated(day, year) for year in _years_about(first, last) for day in self.days)
        return sorted((each for each in every if each is not None and _falls_between(each, first, last)), key=_order)

    def dated(self, day: AwarenessDay, year: int) -> Occurrence | Unannounced | None:
        """Returns the day in one year; None when it does not take place. Raises CalendarError for a year beyond all rules."""
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise CalendarError(f"expected a year from {FIRST_YEAR} to {LAST_YEAR}, found {year}")
        if year < (day.first_year or FIRST_YEAR) or year > (day.last_year or LAST_YEAR):
            return None
        if year in day.dates:
            entered = day.dates[year]
            return None if entered is None else _entered(day, year, entered)
        terms = day.terms_in(year)
        if terms.rule is None:
            return Unannounced(day, year)
        status, other = DateStatus.FIXED, None
        if terms.rule.other is not None:
            leaned_on = self.dated(self._by_id[terms.rule.other], year)
            if not isinstance(leaned_on, Occurrence):
                return Unannounced(day, year)
            status, other = leaned_on.status, leaned_on.start
        start = terms.rule.start(year, other)
        days = terms.days or terms.rule.length(year)
        if terms.rule.moves and not terms.certain:
            status = DateStatus.COMPUTED
        return Occurrence(day, year, start, start + timedelta(days=days - 1), status, day.hashtags_in(year))

    def rule_in_words(self, day: AwarenessDay, year: int) -> str:
        """Returns the rule that holds in a year as people say it: "the second Tuesday of February"."""
        rule = day.terms_in(year).rule
        return "announced every year" if rule is None else rule.words(lambda other: self._by_id[other].name)

    def _spellings(self) -> list[str]:
        return [spelling for day in self.days for spelling in day.every_name]


def _years_about(first: date, last: date) -> range:
    """The years of the occurrences: one that began late in the year before may last into this one."""
    return range(max(first.year - 1, FIRST_YEAR), min(last.year, LAST_YEAR) + 1)


def _falls_between(each: Occurrence | Unannounced, first: date, last: date) -> bool:
    if isinstance(each, Unannounced):
        return first.year <= each.year <= last.year
    return each.start <= last and each.end >= first


def _entered(day: AwarenessDay, year: int, entered: EnteredDate) -> Occurrence:
    status = DateStatus.CONFIRMED if entered.checked else DateStatus.COMPUTED
    return Occurrence(day, year, entered.start, entered.end, status, day.hashtags_in(year))


def _order(each: Occurrence | Unannounced) -> tuple[bool, date, str]:
    if isinstance(each, Unannounced):
        return True, date.max, each.day.name
    return False, each.start, each.day.name


def plain_name(text: str) -> str:
    """The same name however it is typed: case, accents, spaces, hyphens and apostrophes do not count."""
    return "".join(character for character in normalize("NFKD", text.casefold()) if character.isalnum())


def first_days(rule: Rule, days: Mapping[str, AwarenessDay]) -> Span | None:
    """Returns between which days of the year 2001 the first day of a rule may stand; None where that is not known.

    days: by id.
    """
    other = days.get(rule.other or "")
    if other is None:
        return rule.span()
    others = {each: day for each, day in days.items() if day is not other}  # those that count from each other end, too
    spans = [first_days(each, others) for _, each in other.every_rule()]
    spans += [(on, on) for on in (_in_a_common_year(entered.start) for entered in other.dates.values() if entered)]
    known = [span for span in spans if span]
    return rule.span((min(known)[0], max(last for _, last in known))) if known else None


def _in_a_common_year(on: date) -> date:
    return date(COMMON_YEAR, 1, 1) + timedelta(days=min(on.timetuple().tm_yday, 365) - 1)


def _not_announced(day: AwarenessDay, year: int) -> str:
    return (
        f'the date of "{day.name}" in {year} is announced by its organiser and not known here yet; once it is, '
        f'write it into days.toml: [[day]] id = "{day.id}" and dates.{year} = "{year}-MM-DD"'
    )


def _none_in(day: AwarenessDay, year: int) -> str:
    if year in day.dates:
        return f'"{day.name}" did not take place in {year}'
    if day.first_year and year < day.first_year:
        return f'"{day.name}" has been held since {day.first_year}; there was none in {year}'
    return f'"{day.name}" was last held in {day.last_year}; there is none in {year}'
