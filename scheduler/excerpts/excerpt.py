"""An excerpt is a list of spans in an article's text, one for each paragraph; its text is the article's at those spans."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from scheduler.articles.article import Span


class ExcerptKind(StrEnum):
    LEAD = "lead"
    QUOTE = "quote"
    KEY_SENTENCE = "key sentence"
    FACT = "fact"
    CALL_TO_ACTION = "call to action"


@dataclass(frozen=True, slots=True)
class Link:
    """An address without tracking parameters, and the words the article puts to it."""

    url: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """kind: "phone" or "email"; value: as the article prints it; label: whose it is ("Crimestoppers"), where it says so."""

    kind: str
    value: str
    label: str | None = None


class Certainty(StrEnum):
    """How sure a quote's speaker is; from INFERRED upwards there is a name."""

    STATED = "stated"  # the words beside the quote give the name
    MATCHED = "matched"  # they say "Mr Bloggs", "Jo" or "the minister", and one person of the article is so called
    INFERRED = "inferred"  # they say "she", and the article leaves one person to mean
    UNNAMED = "unnamed"  # they say who speaks without a name: "a spokesperson", "her mother"
    OPEN = "open"  # nobody is said to speak, or it might be one of several


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A verbatim piece of an article.

    spans and paragraphs run side by side: `paragraphs[i]` is the article's text at `spans[i]`. A quote's spans leave
    its outer quotation marks out.
    speaker, role: of a quote, as the article writes them; None where the article leaves doubt.
    certainty: of a quote, how sure its speaker is.
    figures: of a fact, as printed ("£30k", "12 new boats"). ways: of a call to action, whom it says to call and what to visit.
    """

    kind: ExcerptKind
    spans: tuple[Span, ...]
    paragraphs: tuple[str, ...]
    speaker: str | None = None
    role: str | None = None
    figures: tuple[str, ...] = ()
    ways: tuple[Contact | Link, ...] = ()
    certainty: Certainty | None = None

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)

    @property
    def fingerprint(self) -> str:
        """Names this excerpt among its siblings: 12 hex digits that do not change with spaces or kinds of quotation mark."""
        plain = re.sub(r"[\"'“”‘’]", "", " ".join(self.text.split()))
        return hashlib.sha256(plain.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Acronym:
    """A short form and the words that the article says it stands for: "CSE", "Child Sexual Exploitation".

    span: where both stand together, in the article.
    """

    short: str
    expansion: str
    span: Span


@dataclass(frozen=True, slots=True)
class Excerpts:
    """All that was cut out of one article, each kind in the article's order."""

    lead: Excerpt | None
    quotes: tuple[Excerpt, ...] = ()
    key_sentences: tuple[Excerpt, ...] = ()
    links: tuple[Link, ...] = ()
    contacts: tuple[Contact, ...] = ()
    facts: tuple[Excerpt, ...] = ()
    calls_to_action: tuple[Excerpt, ...] = ()
    acronyms: tuple[Acronym, ...] = ()


NOTHING = Excerpts(lead=None)
