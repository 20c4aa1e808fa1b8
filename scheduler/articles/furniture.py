"""Lines that releases have around their news: tags, rules, ENDS, notes to editors, captions; read, and never quoted as prose."""

import re
from datetime import date

from scheduler.articles.dates import DateOrder, date_of_embargo, date_of_line, without_date

_LONGEST_MARK = 90
_TAG_PIECE = (
    r"(?:(?:(?:(?:joint|public|official)\s+)?(?:(?:press|news|media)\s+)?(?:release|statement)|(?:press|news|media)\s+(?:notice|story|advisory|briefing"
    r"|bulletin|invitation)(?:\s+(?:(?:number|no)\b[.:]?\s*)?\w{0,6}\d[\w/\-]{0,12})?|datganiad (?:i[’']r wasg|newyddion)|newyddion"
    r"|i[’']w ryddhau ar unwaith|(?:press|news|media|communications|comms|public relations|pr)\s+(?:office|team|desk|unit"
    r"|department|centre)"
    r"|(?:for|not for)\s+(?:immediate|general)\s+(?:release|use|publication)"
    r"|(?:for\s+)?immediate(?:\s+release)?|for\s+release|no\s+embargo|news|statement|page\s+\d+(?:\s+of\s+\d+)?)\b"
    r"|(?:press |news |media )?(?:release|reference|ref)\s*(?:number|no\.?|ref(?:erence)?)\s*[:#]\s*.{0,60}"
    r"|(?:press |news |media )?(?:release|reference|ref|release time)\s*[:#]\s*(?:\S+|\D{0,20}\d.{0,40})"
    r"|(?:press |news |media )?release\s+(?:(?:number|no\.?)\s*.{0,60}|\w{0,6}\d[\w/\-]{0,12})"
    r"|(?:press |news |media )?(?:release|statement) (?:from|by|issued by)\s.{0,80}"
    r"|(?:strictly |under )?embargo(?:ed)?\b.{0,100}|not for publication.{0,60}"
    r"|(?:from|to|cc|attention|attn|tel(?:ephone)?|phone|mobile|e-?mail|web(?:site)?|(?:media |press )?(?:contacts?|enquiries))\s*:"
    r"\s*.{0,200}"
    r"|issued (?:by|for|on behalf of)\b:?\s.{0,120}"
    r"|\d{1,2}[ -]?min(?:ute)?s?[ -]read(?:ing time)?|reading time\s*:?\s*\d{1,2} ?min(?:ute)?s?|share"
    r"|(?:home|you are here)\b\s*:?\s*[>»›/→|]\s?.{0,200}"
    r"|(?:posted )?by:?\s+\S+(?:\s+\S+){0,3}|author:?\s.{0,60}|share this(?: page)?|print this page)"
)
_TAG = re.compile(rf"\W{{0,4}}{_TAG_PIECE}(?:\W{{1,6}}{_TAG_PIECE}){{0,3}}\W{{0,4}}", re.IGNORECASE)
_LONGEST_TAG = 240
_SEPARATOR = re.compile(r"\s+[|/–—\-·•]{1,2}\s+|\s*[|•·\t]\s*|[ \u00a0]{4,}")
_PARTS = re.compile(r"[|/–—\-·•\t\u00a0]")  # of which each of these has one, but for spaces alone
_YEARLESS = re.compile(
    r"(?:(?:early |late |mid-)?(?:spring|summer|autumn|winter|christmas|easter|january|february|march|april|may|june|july|august"
    r"|september|october|november|december)\s+\d{4})"
    r"|(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?"
    r"|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?",
    re.IGNORECASE,
)
# What a mail says before its release begins.
_COVERING = re.compile(
    r"(?:dear|hi|hello|good (?:morning|afternoon))\b.{0,60}"
    r"|please (?:find|see)\b.{0,60}\b(?:below|attached|enclosed|release).{0,120}"
    r"|(?:this|the) (?:news )?(?:article|page|story|release|item) (?:is|was) .{0,80}"
    r"\b(?:old|ago|archived|updated|published)\b.{0,60}"
    r"|(?:please note|content warning|trigger warning)\b.{0,160}"
    # "Warning over fires" is a headline.
    r"|warning\s*[:–—-].{0,100}\b(?:contains?|distress\w*|upsetting|graphic|readers?|viewers?)\b.{0,60}",
    re.IGNORECASE,
)
# The sender's name at the head of the sheet, above the release's own lines.
_LETTERHEAD = re.compile(
    r"(?:Department|Ministry|Office|University|College|Institute|Association|Society|Council|Church|Diocese|Museum|Academy)"
    r" (?:of|for)(?: the)?"
    r"(?: (?:[A-Z&][\w’'&.\-]*|and|of|the)){1,7}"
    r"|(?:[A-Z&][\w’'&.\-]*\s+|of\s+|and\s+|the\s+|for\s+){0,6}(?:Council|Police|Constabulary|Trust|Foundation|Charity|University|Hospital|College"
    r"|School|Service|Services|Authority|Association|Society|Commission|Commissioner|Department|Ministry|Agency|Board|Alliance|Partnership|Group"
    r"|Federation|Union|Institute|Centre|Network|Ltd|plc|CIC|Borough|County|Museum|Gallery|Library|Conservancy|Company|Society|Church|Diocese|Forum)\.?",
    re.IGNORECASE,
)
_NAME_LIKE = re.compile(r"(?:(?:[A-Z0-9&][\w’'&.\-]*|of|and|the|for|in|y|a)(?:\s+|$)){1,8}")
# "Marsden Council News Release": the sender and the kind of sheet without a sign between them.
_SENDERS_SHEET = re.compile(
    r"(?P<sender>.{3,60}?)[’']?s?\s(?:press|news|media) (?:release|statement|bulletin)"
    r"(?:[\s:,(–-]+(?:(?:no\.?|number|ref\.?)\s*)?:?\s?\w{0,6}[\-/]?\d[\w/\-]{0,12}\)?)?"
    r"(?:,?\s+issued (?:by|for)\s.{2,80})?",
    re.IGNORECASE,
)
_SHEET = re.compile(r"\s(?:press|news|media) ", re.IGNORECASE)  # that each such line names
_POSTCODE = re.compile(r".{3,100}\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b\W*")
_NEWS_FROM = re.compile(
    r"(?:news|a (?:message|statement)|release|story) from\b.{0,80}"
    r"|(?-i:(?:[A-Z&][\w’'&.\-]*\s+){1,6})(?:news(?:room| desk| service| centre)?|press office)",
    re.IGNORECASE,
)
_END = re.compile(
    r"[\W_]*(?:diwedd[\W_]+)?(?:ends?|diwedd|the end|end of (?:the )?(?:(?:press |news |media )?(?:release|statement)|copy))[\W_]*"
    r"|\W?(?:# ?){3,6}|-\s?30\s?-",
    re.IGNORECASE,
)
_RULE = re.compile(r"[*_\-–—=~ .]{3,}")
_NOTES = re.compile(
    r"[\W_]*(?:(?:additional\s+|further\s+|background\s+)?notes?\s+(?:to|for)\s+(?:the\s+)?(?:news\s+|picture\s+)?"
    r"(?:editors?|journalists|media|press|newsdesks?)|editors?[’']?s?[’']?\s+notes?|notes|background(?:\s+(?:notes|information))?"
    r"|(?:media|press)\s+(?:contacts?|enquir(?:y|ies)|office|information)|contact(?:s| us| details| information)?"
    r"|for\s+(?:more|further)\s+(?:media\s+|press\s+)?(?:information|details|enquiries),?\s*(?:please\s+)?(?:contact)?)[\W_]*",
    re.IGNORECASE,
)
# What the sender always says of itself stands below such a heading: "About us", "About Fennick Harbour Trust".
_ABOUT = re.compile(r"\W?About\s+(?:us|(?:the\s+)?(?:(?:of|and|for|the)\s+|[A-Z][\w’'&\-]*\s*){1,8}):?")
_CAPTION = re.compile(
    r"\W?(?:(?:(?:picture|image|photo|photograph)[ -]?)?caption|pictured"
    r"|(?:picture|image|photo|photograph)s?(?: shows?| credit| courtesy(?: of)?| by)?"
    r"|(?:from )?left to right|l[ \-–]?(?:to[ -])?r)\s*[:(\-–].{0,300}"
    r"|\W?(?:pictured|picture shows|photo(?:graph)? shows|image shows|\(?left to right\)?"
    r"|photo(?:graph)? by|photo credit|©)\s.{0,300}",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_CAPTION = 320
_STATES_ISSUE = re.compile(
    r"\W{0,3}(?:published|posted|released|issued|date (?:published|issued|of (?:release|issue)))\b", re.IGNORECASE
)


def is_tag(words: str) -> bool:
    """Whether a line only says what the sheet is: "PRESS RELEASE – FOR IMMEDIATE RELEASE", its number, its sender, its embargo."""
    if len(words) > _LONGEST_TAG:
        return False
    if _TAG.fullmatch(words) or _POSTCODE.fullmatch(words):
        return True
    sheet = _SENDERS_SHEET.fullmatch(words) if _SHEET.search(words) else None
    return sheet is not None and is_sender(sheet["sender"])


def is_news_from(words: str) -> bool:
    return _NEWS_FROM.fullmatch(words) is not None


def is_head(words: str) -> bool:
    """Whether one line says several of these at once: "Wexcombe Council | News release | 4 May 2026"; and nothing else."""
    rest, day, _ = without_date(words)
    if day and is_tag(rest) and date_of_embargo(words) is None:
        return True
    pieces = _pieces(words)
    if len(pieces) < 2:
        return False
    known = [
        date_of_line(piece) is not None
        or is_tag(piece)
        or _NEWS_FROM.fullmatch(piece) is not None
        or is_date_without_year(piece)
        for piece in pieces
    ]
    return any(known) and all(one or is_sender(piece) for one, piece in zip(known, pieces, strict=True))


def date_of_head(words: str, order: DateOrder) -> date | None:
    """The date in one of the pieces of such a line."""
    whole = None if date_of_embargo(words, order) else without_date(words, order)[1]
    return next((day for day in (date_of_line(piece, order) for piece in _pieces(words)) if day), whole)


def _pieces(words: str) -> list[str]:
    if len(words) > _LONGEST_TAG:
        return []
    is_parted = _PARTS.search(words) or "    " in words
    return [piece for piece in _SEPARATOR.split(words) if piece.strip()] if is_parted else [words]


def is_sender(words: str) -> bool:
    """Whether words may be the name of an organisation: each begins with a capital letter."""
    return len(words) < _LONGEST_MARK and _NAME_LIKE.fullmatch(words.strip()) is not None


def is_organisation(words: str) -> bool:
    """Whether words end as an organisation's name does: "Wexcombe Learning Trust"."""
    return is_sender(words) and _LETTERHEAD.fullmatch(words.strip()) is not None


def is_surely_sender(words: str) -> bool:
    """Whether a line is an organisation's name, in one or several languages; a short one may be any, another ends like one."""
    pieces = _pieces(words) or [words]
    name, comma, place = words.partition(", ")
    if comma and is_sender(name) and is_sender(place) and max(len(name.split()), len(place.split())) <= 3:
        return True  # "The Corn Hall, Marsden"
    return all(
        is_sender(piece) and (len(piece.split()) <= 3 or _LETTERHEAD.fullmatch(piece.strip())) for piece in pieces
    ) or (
        len(pieces) > 1
        and all(map(is_sender, pieces))
        and any(_LETTERHEAD.fullmatch(piece.strip()) for piece in pieces)
    )


def is_covering(words: str) -> bool:
    """Whether a paragraph above the news only leads to it: a mail's "Dear all", a warning of what it speaks of."""
    return len(words) <= _LONGEST_TAG and _COVERING.fullmatch(words) is not None


def is_date_without_year(words: str) -> bool:
    return _YEARLESS.fullmatch(words.strip()) is not None


def is_rule(words: str) -> bool:
    return _RULE.fullmatch(words) is not None


def ends_release(words: str) -> bool:
    """Whether a line ends the release ("ENDS", "###") or opens what is for editors alone ("Notes to editors", "Contact")."""
    return len(words) < _LONGEST_MARK and bool(_END.fullmatch(words) or _NOTES.fullmatch(words))


def is_about_sender(words: str) -> bool:
    return len(words) < _LONGEST_MARK and _ABOUT.fullmatch(words) is not None


def is_caption(words: str) -> bool:
    return len(words) <= _LONGEST_CAPTION and _CAPTION.fullmatch(words) is not None


def states_issue(words: str) -> bool:
    """Whether a line begins by saying when the release was issued; "Date:" alone may be an event's."""
    return _STATES_ISSUE.match(words) is not None
