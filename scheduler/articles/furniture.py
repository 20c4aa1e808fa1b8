"""Lines that releases have around their news: tags, rules, ENDS, notes to editors, captions; read, and never quoted as prose."""

import re

_LONGEST_MARK = 90
_TAG_PIECE = (
    r"(?:(?:(?:press|news|media)\s+(?:release|statement|notice|story|office|team)|for\s+(?:immediate|general)\s+(?:release|use|publication)"
    r"|(?:for\s+)?immediate(?:\s+release)?|for\s+release|no\s+embargo|news|statement|page\s+\d+(?:\s+of\s+\d+)?)\b"
    r"|(?:press |news |media )?(?:release|reference|ref)\s*(?:number|no\.?|ref(?:erence)?)?\s*[:#]\s*.{0,60}"
    r"|(?:press |news |media )?release\s+(?:(?:number|no\.?)\s*.{0,60}|\w{0,6}\d[\w/\-]{0,12})"
    r"|(?:press |news |media )?(?:release|statement) (?:from|by|issued by)\s.{0,80}"
    r"|(?:strictly |under )?embargo(?:ed)?\b.{0,100}|not for publication.{0,60}"
    r"|(?:from|to|cc|attention|attn|tel(?:ephone)?|phone|mobile|e-?mail|web(?:site)?|(?:media |press )?(?:contacts?|enquiries))\s*:"
    r"\s*.{0,90}"
    r"|(?:posted )?by:?\s+\S+(?:\s+\S+){0,3}|author:?\s.{0,60}|share this(?: page)?|print this page)"
)
_TAG = re.compile(rf"\W{{0,4}}{_TAG_PIECE}(?:\W{{1,6}}{_TAG_PIECE}){{0,3}}\W{{0,4}}", re.IGNORECASE)
_LONGEST_TAG = 160
_END = re.compile(
    r"[\W_]*(?:ends?|the end|end of (?:the )?(?:(?:press |news |media )?(?:release|statement)|copy))[\W_]*"
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
    return len(words) <= _LONGEST_TAG and _TAG.fullmatch(words) is not None


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
