"""On which dates a slot goes out: one, moved off weekends and bank holidays where the campaign says so, or each of many."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scheduler.awareness.day import Occurrence
from scheduler.awareness.rule_words import WEEKDAYS
from scheduler.campaigns.bank_holidays import are_known, bank_holidays
from scheduler.campaigns.campaign import Campaign, Slot
from scheduler.campaigns.when import Each

MOVED = "moved from"  # how the sentence begins that tells it
MOST_MOVED = 10  # days; over Christmas with its substitute days and the weekend it is five
_SATURDAY = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SlotDay:
    """A date on which a slot goes out, in local time.

    was: the date before it was moved. name: which of several, by its weekday: "monday", "monday-2"; None where a slot has
    one. remarks: what a reviewer must know about the date, each a sentence.
    """

    on: date
    was: date
    name: str | None = None
    remarks: tuple[str, ...] = ()

    @property
    def is_moved(self) -> bool:
        return self.on != self.was


@dataclass(frozen=True, slots=True)
class SlotDays:
    """All dates of a slot, in their order. notes: which it leaves out, and why, each a sentence."""

    days: tuple[SlotDay, ...]
    notes: tuple[str, ...] = ()


def days_of(campaign: Campaign, slot: Slot, occurrence: Occurrence) -> SlotDays:
    """Returns the dates of a slot for an occurrence.

    A slot of one date moves; one that spans the occurrence says itself on which days it goes out, so it leaves out bank
    holidays and does not move.
    """
    nations = campaign.bank_holidays_of(slot)
    if isinstance(slot.when, Each):
        return _each(slot.when, occurrence, nations)
    day = occurrence.start + timedelta(days=slot.when.days)
    return SlotDays((_moved(day, campaign.if_weekend_of(slot), nations),))


def offset_of(slot: Slot) -> int:
    """Returns how many days after the occurrence's first day a slot of one date goes out; 0 for one that spans it."""
    return 0 if isinstance(slot.when, Each) else slot.when.days


def _each(when: Each, occurrence: Occurrence, nations: Sequence[str]) -> SlotDays:
    """Names the days by their weekdays: wherever the week is dated anew, and whichever other days it goes out on later,
    a Monday's post stays the Monday's, and no day gets two."""
    every = [occurrence.start + _DAY * number for number in range(occurrence.days)]
    meant = [(number, day) for number, day in enumerate(every) if day.weekday() in when.weekdays]
    days, notes = [], []
    for number, day in meant:
        holidays = list(bank_holidays(day, nations))
        if holidays:
            notes.append(f"nothing goes out on {spoken_weekday(day, year=True)}: {'; '.join(holidays)}")
        else:
            days.append(SlotDay(day, day, _name(day, number // 7), tuple(_unknown((day,), nations))))
    if not meant:
        notes.append(f"nothing goes out: there is no {when.words} from {occurrence.start} to {occurrence.end}")
    return SlotDays(tuple(days), tuple(notes))


def _name(day: date, week: int) -> str:
    """week: how many whole weeks lie before it, from the first day on; each holds every weekday once."""
    weekday = WEEKDAYS[day.weekday()]
    return f"{weekday}-{week + 1}" if week else weekday


def _moved(day: date, if_weekend: str, nations: Sequence[str]) -> SlotDay:
    """Moves a date, one day after the other, until it is no weekend to be avoided and no bank holiday.

    Whatever has to move lands on a working day, also where weekends alone would be kept.
    """
    step = _DAY if if_weekend == "monday after" else -_DAY
    on, reasons = day, []
    while True:
        holidays = list(bank_holidays(on, nations))
        is_off = on.weekday() >= _SATURDAY and (if_weekend != "keep" or on != day)
        if not holidays and not is_off:
            break
        reasons += [*(["if_weekend"] if is_off and on == day else []), *holidays]
        on += step
    if on == day:
        return SlotDay(day, day, remarks=tuple(_unknown((day,), nations)))
    years = {"year": day.year != on.year}
    said = f"{MOVED} {spoken_weekday(day, **years)} to {spoken_weekday(on, **years)}: {'; '.join(reasons)}"
    return SlotDay(on, day, remarks=(said, *_unknown((day, on), nations)))


def _unknown(days: Sequence[date], nations: Sequence[str]) -> Iterator[str]:
    for year in sorted({day.year for day in days}):
        if nations and not are_known(year):
            yield f"the bank holidays of {year} are not known here: look whether {spoken_weekday(days[-1])} is one"


def spoken_weekday(day: date, *, year: bool = False) -> str:
    """Writes a date with its weekday: "Sunday 18 March"."""
    return f"{day:%A} {day.day} {day:%B}{f' {day.year}' if year else ''}"
