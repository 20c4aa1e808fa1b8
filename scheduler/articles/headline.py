"""The title in a line that also says what the sheet is, whose, or when: "PRESS RELEASE | 3 May 2027 | Lock opens"."""

import re
from dataclasses import dataclass
from datetime import date

from scheduler.articles.dates import DateOrder, date_of_line, without_date
from scheduler.articles.embargo import is_embargo_line
from scheduler.articles.furniture import (
    date_of_head,
    is_head,
    is_news_from,
    is_organisation,
    is_sender,
    is_surely_sender,
    is_tag,
)

_NUMBER = r"(?:\s+(?:(?:number|no\.?|ref\.?)\s*)?[:#]?\s*[A-Z]{0,5}[/\-]?\d[\w/\-]{0,12})?"
_KIND = re.compile(
    r"(?:(?:joint|public|official|latest|updated|new)\s+){0,2}"
    r"(?:(?:(?:press|news|media)\s+)?(?:release|statement)|(?:press|news|media)\s+(?:notice|story|advisory|briefing|bulletin))"
    rf"{_NUMBER}|(?:latest\s+)?news|(?:for\s+)?immediate\s+(?:release|use|publication)|for\s+(?:release|publication|immediate use)"
    r"|title|headline|subject|fwd?",
    re.IGNORECASE,
)
_SENDERS = re.compile(
    r"(?P<sender>.{3,60}?)[’']?s?\s(?:(?:press|news|media)\s(?:release|statement)|statement)", re.IGNORECASE
)
_SIGN = re.compile(r"\s*[|•·\t]\s*|\s+//\s+|\s*[–—]\s+|\s+-{1,2}\s+|\s*:\s+|[*\])]+\s+|(?<!\bNo)(?<!\bno)\.\s+")
_MAY_BE_SIGN = re.compile(r"[|•·\t/–—\-:*\]).]")  # one of which each sign has
_BARS = frozenset("|•·")
_AROUND = " *_[]()"
_DATE_SIGNS = frozenset("(|–—-")
_MOST_PIECES = 5
_LETTERS = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Headline:
    """published: the day that the line gives beside the title. labelled: whether something before the title was left out."""

    title: str
    published: date | None = None
    labelled: bool = False


def headline(line: str, order: DateOrder = DateOrder.BRITISH, *, is_last_hope: bool = False) -> Headline:
    """The line's title without the sheet's kind, number and sender around it, and without its date.

    A line that holds no title besides, or nothing besides its title, comes back whole.
    is_last_hope: whether few words in capital letters, which may be the sender's name, are taken for the title.
    """
    rest, day = _without_opening(line, order, is_last_hope)
    own, last, sign = without_date(rest, order)
    if last and sign in _DATE_SIGNS and _is_title(own, is_last_hope):
        rest, day = own, day or last
    return Headline(
        " ".join(_without_sender(rest, is_last_hope).split()), day, rest != line and not line.startswith(rest)
    )


def _without_opening(line: str, order: DateOrder, is_last_hope: bool) -> tuple[str, date | None]:
    """What stands behind the pieces that are the sheet's own, and the day in one of them."""
    rest, day, known = line, None, False
    for _ in range(_MOST_PIECES):
        sign = _SIGN.search(rest) if _MAY_BE_SIGN.search(rest) else None
        if sign is None or not _is_title(rest[sign.end() :], is_last_hope):
            break
        if ":" not in sign[0] and is_surely_sender(rest[sign.end() :]) and not is_last_hope:
            break
        piece, behind = rest[: sign.start()].strip(_AROUND), rest[sign.end() :]
        if "." in sign[0] or set("*])") & set(sign[0]):
            if not _KIND.fullmatch(piece):
                break
        elif not (_is_of_sheet(piece, order) or (known and is_organisation(piece))):
            if ":" in sign[0] or not is_sender(piece):
                break
            following, other = _without_opening(behind, order, is_last_hope)
            return (following, day or other) if following != behind else (rest, day)
        rest, known = behind, True
        day = day or date_of_line(piece, order) or (None if is_embargo_line(piece) else date_of_head(piece, order))
    return rest, day


def _is_of_sheet(piece: str, order: DateOrder) -> bool:
    """Whether words say what the sheet is, when it was issued, or from when it may be used."""
    if _KIND.fullmatch(piece) or date_of_line(piece, order) or is_head(piece):
        return True
    senders = _SENDERS.fullmatch(piece)
    is_embargo = is_embargo_line(piece) and any(map(str.isdigit, piece))
    return is_embargo or (senders is not None and is_organisation(senders["sender"]))


def _without_sender(title: str, is_last_hope: bool) -> str:
    """A title without the kind of sheet, or the sender's name, that a bar parts from its end."""
    signs = [*_SIGN.finditer(title)] if _BARS.intersection(title) else []
    sign = next((match for match in reversed(signs) if _BARS.intersection(match[0])), None)
    if sign is None:
        return title
    own, last = title[: sign.start()], title[sign.end() :]
    return own if (_KIND.fullmatch(last) or is_organisation(last)) and _is_title(own, is_last_hope) else title


def _is_title(words: str, is_last_hope: bool) -> bool:
    """Whether words may be a title, or lead to one: more than one, and none of the sheet's own."""
    is_own = (
        is_tag(words) or (is_head(words) and not is_last_hope) or is_news_from(words) or date_of_line(words) is not None
    )
    return len(_LETTERS.findall(words)) > 1 and not (is_own or is_organisation(words))
