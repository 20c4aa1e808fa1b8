"""What the book keeps of where a post's words come from, and whether a quotation among them is still what was said."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import Session

from scheduler.articles.article import Span
from scheduler.drafting.altering import Quotation, alterations
from scheduler.drafting.draft import Source
from scheduler.excerpts.excerpt import ExcerptKind
from scheduler.platforms.message import Message
from scheduler.posts import pre_election
from scheduler.posts.status import Move
from scheduler.posts.tables import AUDIT, KeptArticle, decode_message

NOT_COMPARABLE = "quotation altered: perhaps; what was said is not in the book, for an older version planned this post"


def encode_sources(sources: Sequence[Source]) -> str:
    """Returns sources as JSON text, the same text for the same sources."""
    return json.dumps([_encoded(source) for source in sources], ensure_ascii=False)


def _encoded(source: Source) -> dict[str, Any]:
    return {
        "article": source.article,
        "sha256": source.sha256,
        "kind": source.kind,
        "spans": _pairs(source.spans),
        "paragraphs": list(source.paragraphs),
        "speaker": source.speaker,
        "role": source.role,
        "fingerprint": source.fingerprint,
        "whole": _pairs(source.whole),
        "words": list(source.words),
        **({"pre_election": pre_election.encoded(source.pre_election)} if source.pre_election else {}),
    }


def _pairs(spans: Sequence[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def decode_sources(encoded: str) -> tuple[Source, ...]:
    return tuple(_decoded(source) for source in json.loads(encoded))


def _decoded(source: dict[str, Any]) -> Source:
    # What was planned before the latter were kept has none of them.
    return Source(
        article=str(source["article"]),
        sha256=str(source["sha256"]),
        kind=str(source["kind"]),
        spans=_spans(source["spans"]),
        paragraphs=tuple(source.get("paragraphs", ())),
        speaker=source.get("speaker"),
        role=source.get("role"),
        fingerprint=source.get("fingerprint", ""),
        whole=_spans(source.get("whole", ())),
        words=tuple(source.get("words", ())),
        pre_election=pre_election.decoded(source.get("pre_election")),
    )


def _spans(pairs: Sequence[Sequence[int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in pairs)


def kept_articles(session: Session, sources: Sequence[Source]) -> list[KeptArticle | None]:
    """Returns what the book keeps of the article of each source, as it was when the words were taken from it."""
    return [session.get(KeptArticle, (source.article, source.sha256)) for source in sources]


def used_words(source: Source) -> tuple[str, ...]:
    """Returns the words of the excerpt that a post took, one for each span; none where an older version planned it."""
    pairs = zip(source.spans, source.whole, source.words, strict=False)
    return tuple(words[used.start - whole.start : used.end - whole.start] for used, whole, words in pairs)


def altered(sources_json: str, message: Message, planned: Message | None = None) -> tuple[str, ...]:
    """Returns what a message makes of its quotations that was not said so, each a sentence.

    planned: the message as it was planned, where a person has changed it since.
    """
    found: list[str] = []
    for source in decode_sources(sources_json):
        if source.kind != ExcerptKind.QUOTE:
            continue
        if source.words:
            quotation = Quotation(source.words, source.speaker)
            found += alterations(quotation, words_of(message), words_of(planned) if planned else None)
        elif planned is not None and planned != message:
            found.append(NOT_COMPARABLE)
    return tuple(found)


def words_of(message: Message) -> str:
    """Returns all that a message says, as one text."""
    return "\n\n".join(part.text for part in message.parts)


def planned_message(connection: Connection, post_id: int, message_json: str) -> Message:
    """Returns the message as planning wrote it last; message_json: as it is now.

    The trail of an edit keeps what was there before, so the first edit since then knows it.
    """
    moves = connection.execute(
        select(AUDIT.c.what, AUDIT.c.detail)
        .where(AUDIT.c.post_id == post_id, AUDIT.c.what.in_([Move.PLAN.value, Move.UPDATE.value, Move.EDIT.value]))
        .order_by(AUDIT.c.id.desc())
    )
    planned = message_json
    for move in moves:
        if move.what != Move.EDIT:
            break
        planned = move.detail or planned
    return decode_message(planned)
