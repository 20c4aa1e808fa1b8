"""What became of the articles behind unsent posts: a post whose words no longer stand there is held, and the rest is told.

A post's own words decide, and who is said to have said them: a typo mended elsewhere in the article voids no approval.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import Connection, insert, or_, select, text

from scheduler.articles import Article
from scheduler.articles.embargo import by_the_clocks
from scheduler.drafting.draft import Elected, Source
from scheduler.drafting.pre_election import pre_election_of
from scheduler.drafting.tracing import find, tokens
from scheduler.excerpts import cut
from scheduler.excerpts.excerpt import Excerpt, ExcerptKind
from scheduler.posts.articles import (
    UNSENT,
    Reading,
    embargoes,
    keep_gone,
    keep_reading,
    kept_text,
    remember_texts,
    unsent_posts,
)
from scheduler.posts.batches import DAEMON
from scheduler.posts.difference import changed_paragraphs, changes, in_brief
from scheduler.posts.holds import Told
from scheduler.posts.moves import make_move, write_audit
from scheduler.posts.pre_election import in_the_way, note_of
from scheduler.posts.provenance import decode_sources, encode_sources, used_words, words_of
from scheduler.posts.review import may_be_out
from scheduler.posts.status import ChangeKind, Move, PostStatus
from scheduler.posts.tables import ARTICLES, POSTS, SOURCE_CHANGES, decode_message, stored_time
from scheduler.posts.wording import ARTICLE_NOTE, BACK_NOTE, CAMPAIGN_NOTE, EMBARGO_NOTE, clock_of, local_hour, parted

SOON = timedelta(minutes=2)  # so long before its hour a post that must not go out unchecked is held
_MARKS = '“”"'
# A person's word may bring back the latter.
_MAY_COME_BACK = (*UNSENT, PostStatus.FAILED, PostStatus.MISSED, PostStatus.REJECTED, PostStatus.CANCELLED)
_ALIKE = 0.5  # of the words: below that it is another sentence

Embargoes = Mapping[tuple[str, str], datetime | None]
"""Of each campaign and occurrence: before when nothing of it goes out; None: no such moment. Who is not there is not known."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What a look at a source meant for its posts.

    held: taken out of the queue, and why. standing: told, and left alone. said: what became of the whole article since
    somebody read it last, "" for nothing.
    """

    held: tuple[Told, ...] = ()
    standing: tuple[int, ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of the words that a post took. was, now: the words, empty where they are of no concern."""

    kind: ChangeKind
    was: str = ""
    now: str = ""


def follow_reading(
    connection: Connection,
    reading: Reading,
    now: datetime,
    *,
    who: str = DAEMON,
    posts: Sequence[int] | None = None,
) -> Followed:
    """Keeps what was read, holds the unsent posts whose words it has no longer, and notes the others as told.

    posts: the ids of its unsent posts as they are in this very transaction, from who follows many readings in it.
    """
    article = reading.article
    said = _said_of(connection, article, keep_reading(connection, reading, now))
    excerpts: list[Excerpt] | None = None
    held, standing = [], []
    for row in _rows(connection, article.source, posts):
        sources = [source for source in _sources_of(row, article.source) if source.sha256 != article.sha256]
        if not sources:
            _note_return(connection, row, article, who=who, now=now)
        if not sources or _is_known(connection, row, article):
            continue
        if excerpts is None:
            found = cut(article)
            excerpts = [*filter(None, [found.lead]), *found.quotes, *found.key_sentences]
        findings = [_compare(connection, row, source, article, excerpts) for source in sources]
        finding = next((each for each in findings if each.kind is ChangeKind.CHANGED), findings[0])
        source = sources[findings.index(finding)]
        if finding.kind is ChangeKind.CHANGED and not _was_decided(connection, row, finding):
            why = f"{ARTICLE_NOTE}has changed, {article.source}: {in_brief(changes(finding.was, finding.now))}"
            if told := _set_aside(connection, row, why, who=who, now=now):
                _note(connection, row, source, finding, article.sha256, now)
                held.append(told)
            continue
        _note(connection, row, source, Finding(ChangeKind.ELSEWHERE), article.sha256, now)
        if finding.kind is ChangeKind.ELSEWHERE:
            _say_it_is_back(connection, row, article.source, who=who, now=now)
        standing.append(row.id)
    return Followed(tuple(held), tuple(standing), said)


def _said_of(connection: Connection, article: Article, before: str | None) -> str:
    if before in (None, article.sha256):
        return ""
    was = kept_text(connection, article.source, before)
    difference = in_brief(changes(*changed_paragraphs(was, article.text))) if was is not None else ""
    return f"{article.source} has changed: {difference or 'only where its lines begin and end'}"


def follow_withdrawal(
    connection: Connection,
    source: str,
    why: str,
    now: datetime,
    *,
    what: str = "was taken away",
    who: str = DAEMON,
    posts: Sequence[int] | None = None,
) -> Followed:
    """Writes down that a source was taken away, and holds its unsent posts; each once, however long it stays away.

    what: says so in other words, where it is there and has no text any more. posts: see `follow_reading`.
    """
    keep_gone(connection, source, why, now)
    query = text("SELECT gone_since FROM sources WHERE source = :source")
    since = connection.execute(query, {"source": source}).scalar_one()
    held = []
    for row in _rows(connection, source, posts):
        known = text(
            "SELECT 1 FROM source_changes WHERE post_id = :id AND source = :source AND kind = 'withdrawn'"
            " AND found_at >= :since"
        )
        if connection.execute(known, {"id": row.id, "source": source, "since": since}).first():
            continue
        used = next(_sources_of(row, source), None)
        if told := _set_aside(connection, row, f"{ARTICLE_NOTE}{what}, {source}: {why}", who=who, now=now):
            _note(connection, row, used, Finding(ChangeKind.WITHDRAWN, _used(used) if used else ""), None, now)
            held.append(told)
    return Followed(tuple(held))


def follow_embargoes(
    connection: Connection, of_campaigns: Embargoes, now: datetime, *, who: str = DAEMON
) -> tuple[Told, ...]:
    """Brings the embargo of every unsent post up to date, and holds those that would go out before it."""
    held, of_sources = [], embargoes(connection)
    query = select(POSTS).where(POSTS.c.status.in_([status.value for status in UNSENT])).order_by(POSTS.c.id)
    for row in connection.execute(query).all():
        until = _embargo(row, of_sources, of_campaigns)
        if until != row.embargo_until:
            connection.execute(POSTS.update().where(POSTS.c.id == row.id).values(embargo_until=until))
            said = f"until {until.isoformat()}" if until else "none any more"
            status = {"from_status": row.status, "to_status": row.status, "version": row.version}
            write_audit(connection, who=who, what="embargo", now=now, post_id=row.id, detail=said, **status)
        if until is None or until <= now or row.scheduled_at >= until or row.status == PostStatus.HELD:
            continue
        why = f"{EMBARGO_NOTE}, which ends on {local_hour(until, row.time_zone)}"
        if told := _set_aside(connection, row, why, who=who, now=now):
            _note(connection, row, None, Finding(ChangeKind.EMBARGO), None, now)
            held.append(told)
    return tuple(held)


def follow_pre_election(
    connection: Connection, of_campaigns: Mapping[str, Elected], now: datetime, *, who: str = DAEMON
) -> tuple[Told, ...]:
    """Writes down whose words must not go out in a pre-election period, and holds the unsent posts that would all the same.

    of_campaigns: whom each campaign lists as elected, by its id; of one that is not there nothing new is known.
    """
    held = []
    query = select(POSTS).where(POSTS.c.status.in_([status.value for status in _MAY_COME_BACK])).order_by(POSTS.c.id)
    # A book gathers what was rejected and missed for years: what no election concerns is not read.
    silent = [campaign for campaign, elected in of_campaigns.items() if elected.period and elected.names]
    concerned = or_(POSTS.c.campaign.in_(silent), POSTS.c.sources_json.contains('"pre_election"'))
    for row in connection.execute(query.where(concerned)).all():
        sources = tuple(_sources_of(row))
        elected = of_campaigns.get(row.campaign)
        if elected is not None:
            known = tuple(
                replace(source, pre_election=pre_election_of(source.kind, source.speaker, elected))
                for source in sources
            )
            if known != sources:
                _keep_pre_election(connection, row, known, who=who, now=now)
                sources = known
        if row.status not in (PostStatus.DRAFT, PostStatus.APPROVED):
            continue
        # What is approved and could not go out at its hour may do so at any moment.
        moment = max(row.scheduled_at, now) if row.status == PostStatus.APPROVED else row.scheduled_at
        found = filter(None, (source.pre_election for source in sources))
        if each := in_the_way(connection, row.id, found, moment, row.time_zone):
            held.append(_set_aside(connection, row, note_of(each), who=who, now=now))
    return tuple(filter(None, held))


def _keep_pre_election(connection: Connection, row: Any, sources: Sequence[Source], *, who: str, now: datetime) -> None:
    named = {f"{each.name}, {each.period}" for source in sources if (each := source.pre_election)}
    connection.execute(POSTS.update().where(POSTS.c.id == row.id).values(sources_json=encode_sources(sources)))
    status = {"from_status": row.status, "to_status": row.status, "version": row.version}
    detail = "; ".join(sorted(named)) or "none any more"
    write_audit(connection, who=who, what="pre-election", now=now, post_id=row.id, detail=detail, **status)


def hold_unchecked(
    connection: Connection, campaigns: Collection[str], now: datetime, *, unread: Mapping[str, str] | None = None
) -> tuple[Told, ...]:
    """Holds the posts of these campaigns that are about to go out while nobody can look at what they depend on.

    That is their source, and the file of their campaign. unread: why that one cannot be read, by campaign. What a person
    let go all the same goes.
    """
    if not campaigns:
        return ()
    soon = "posts.status = 'approved' AND next_try_at <= :soon"
    columns = "posts.id, posts.version, posts.status, posts.campaign, posts.slot, posts.account"
    values = {"soon": stored_time(now + SOON)}
    found = connection.execute(
        text(
            f"SELECT {columns}, sources.source, sources.trouble FROM posts,"
            " json_each(CASE WHEN json_valid(sources_json) THEN sources_json ELSE '[]' END) AS used"
            " JOIN sources ON sources.source = json_extract(used.value, '$.article')"
            f" WHERE {soon} AND unreached_since IS NOT NULL ORDER BY posts.id"
        ),
        values,
    )
    reasons = {
        row.id: (row, f"{ARTICLE_NOTE}could not be looked at before its hour, {row.source}: {row.trouble}")
        for row in found
        if row.campaign in campaigns
    }
    if unread:
        for row in connection.execute(text(f"SELECT {columns} FROM posts WHERE {soon} ORDER BY posts.id"), values):
            if row.campaign in unread:
                reasons[row.id] = (row, f"{CAMPAIGN_NOTE}cannot be read, {unread[row.campaign]}")
    held = (
        _set_aside(connection, row, why, who=DAEMON, now=now)
        for row, why in reasons.values()
        if not _was_let_go(connection, row.id, why)
    )
    return tuple(told for told in held if told)


def _was_let_go(connection: Connection, post_id: int, why: str) -> bool:
    """Whether a person has kept this post, which was held for the very same, and nobody has decided otherwise since."""
    query = text(
        "SELECT what, detail FROM audit WHERE post_id = :id AND what IN (:held, :kept, :approved) ORDER BY id DESC LIMIT 2"
    )
    moves = {"held": Move.SET_ASIDE, "kept": Move.KEEP, "approved": Move.APPROVE}
    last = connection.execute(query, {"id": post_id, **moves}).all()
    if [row.what for row in last] != [Move.KEEP, Move.SET_ASIDE]:
        return False
    return parted(last[1].detail or "")[0] == parted(why)[0]


def _rows(connection: Connection, source: str, ids: Sequence[int] | None) -> list[Any]:
    if ids is None:
        ids = unsent_posts(connection, [source])[source]
    found: list[Any] = []
    for start in range(0, len(ids), 500):
        query = select(POSTS).where(POSTS.c.id.in_(ids[start : start + 500])).order_by(POSTS.c.id)
        found += connection.execute(query).all()
    return found


def _sources_of(row: Any, name: str = "") -> Iterator[Source]:
    """Yields the sources of a post, all or those of one article; of a damaged row none: `redletter status` says so."""
    try:
        sources = decode_sources(row.sources_json)
    except (ValueError, TypeError, KeyError):
        return
    yield from (source for source in sources if name in ("", source.article))


def _newest(connection: Connection, row: Any, source: str) -> Any:
    """Returns what was found last of an article and a post; None where nothing ever was."""
    query = text("SELECT * FROM source_changes WHERE post_id = :id AND source = :source ORDER BY id DESC LIMIT 1")
    return connection.execute(query, {"id": row.id, "source": source}).first()


def _is_known(connection: Connection, row: Any, article: Article) -> bool:
    newest = _newest(connection, row, article.source)
    return newest is not None and newest.now_sha256 == article.sha256


def _note_return(connection: Connection, row: Any, article: Article, *, who: str, now: datetime) -> None:
    """Writes down that an article has again the very text that a post was taken from."""
    newest = _newest(connection, row, article.source)
    if newest is None or newest.kind not in (ChangeKind.CHANGED, ChangeKind.WITHDRAWN):
        return
    remember_texts(connection, row.id, {article.source: (newest.now_sha256, article.sha256)}, now)
    _say_it_is_back(connection, row, article.source, who=who, now=now)


def _say_it_is_back(connection: Connection, row: Any, source: str, *, who: str, now: datetime) -> None:
    """Brings the note of a held post up to date: nothing is let go by itself, and nobody should look for a difference."""
    if row.status != PostStatus.HELD or not (row.note or "").startswith(ARTICLE_NOTE) or f", {source}" not in row.note:
        return
    note = f"{BACK_NOTE}, {source}"
    connection.execute(POSTS.update().where(POSTS.c.id == row.id).values(note=note))
    status = {"from_status": row.status, "to_status": row.status, "version": row.version}
    write_audit(connection, who=who, what="follow the article", now=now, post_id=row.id, detail=note, **status)


def _was_decided(connection: Connection, row: Any, finding: Finding) -> bool:
    """Whether a person has decided about the very same change already, and the article changed elsewhere since.

    A decision that was made when the article had the words again is none about the change.
    """
    query = text(
        "SELECT 1 FROM source_changes AS told WHERE post_id = :id AND kind = 'changed' AND was = :was AND now = :now"
        " AND settled_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM source_changes AS back"
        "  WHERE back.post_id = told.post_id AND back.source = told.source AND back.kind = 'elsewhere'"
        "  AND back.id > told.id AND back.found_at <= told.settled_at)"
    )
    values = {"id": row.id, "was": finding.was, "now": finding.now}
    return connection.execute(query, values).first() is not None


def _set_aside(connection: Connection, row: Any, why: str, *, who: str, now: datetime) -> Told | None:
    if may_be_out(connection, row.id):
        return None  # first it is asked whether it is out; the next look finds it again
    make_move(connection, Move.SET_ASIDE, row.id, row.version, who=who, now=now, changes={"note": why}, detail=why)
    return Told(row.id, row.campaign, row.slot, row.account, why)


def _note(
    connection: Connection, row: Any, source: Source | None, finding: Finding, sha256: str | None, now: datetime
) -> None:
    values = {"kind": finding.kind.value, "was": finding.was, "now": finding.now, "found_at": now}
    was = source.sha256 if source else None
    connection.execute(
        insert(SOURCE_CHANGES).values(
            post_id=row.id, source=source.article if source else "", was_sha256=was, now_sha256=sha256, **values
        )
    )


def _compare(
    connection: Connection, row: Any, source: Source, article: Article, excerpts: Sequence[Excerpt]
) -> Finding:
    message = words_of(decode_message(row.message_json))
    title = connection.execute(
        select(ARTICLES.c.title).where(ARTICLES.c.source == source.article, ARTICLES.c.sha256 == source.sha256)
    ).scalar()
    if title and title in message and title != article.title:
        return Finding(ChangeKind.CHANGED, title, article.title or "")
    if not source.spans:
        return Finding(ChangeKind.ELSEWHERE)
    if not source.words:
        # What an older version planned: its words are known by the post alone.
        is_there = any(
            excerpt.kind.value == source.kind and _has(message, excerpt.paragraphs[0]) for excerpt in excerpts
        )
        return Finding(ChangeKind.ELSEWHERE) if is_there else Finding(ChangeKind.CHANGED, message)
    was = _used(source)
    if not stands(was.split("\n\n"), article):
        return Finding(ChangeKind.CHANGED, was, _instead(was, article))
    if source.kind == ExcerptKind.QUOTE and source.speaker:
        before, after = _speaker(source), _speaker_of(was, excerpts)
        if before != after:
            return Finding(ChangeKind.CHANGED, f"{was}\n\n{before}", f"{was}\n\n{after}".strip())
    return Finding(ChangeKind.ELSEWHERE)


def _used(source: Source) -> str:
    """Returns the words of the excerpt that the post took, its paragraphs between empty lines."""
    return "\n\n".join(used_words(source))


def stands(paragraphs: Iterable[str], article: Article) -> bool:
    """Whether the article has these words, in its order, each stretch whole from the beginning of a sentence to its end."""
    inside = [[each.word for each in tokens(article.at(paragraph.span))] for paragraph in article.paragraphs]
    number, start = 0, 0
    for words in paragraphs:
        sought = [each.word for each in tokens(words)]
        while (end := _end_of(sought, inside[number], start) if number < len(inside) else -1) is None:
            number, start = number + 1, 0
        if end is None or end < 0:
            return False
        start = end
    return True


def _end_of(sought: Sequence[str], inside: Sequence[str], start: int) -> int | None:
    """Returns where the words end in a paragraph, from its word number `start` on; None where they do not stand there."""
    while place := find(sought, inside, start):
        begin, end = place
        joins_before = begin > 0 and _runs_on(inside[begin - 1])
        joins_after = end < len(inside) and _runs_on(inside[end]) and inside[end - 1][-1].isalnum()
        if not (joins_before or joins_after):
            return end
        start = begin + 1
    return None


def _runs_on(word: str) -> bool:
    """Whether a sentence goes on over this word or mark."""
    return word[0].isalnum() or word == ","


def _has(message: str, words: str) -> bool:
    return find([token.word for token in tokens(words)], [token.word for token in tokens(message)]) is not None


def _speaker(source: Source) -> str:
    return ", ".join(filter(None, (source.speaker, source.role)))


def _speaker_of(words: str, excerpts: Sequence[Excerpt]) -> str:
    """Returns who is said to say these words, and their role; "" for nobody."""
    first = words.split("\n\n", maxsplit=1)[0]
    quotes = (excerpt for excerpt in excerpts if excerpt.kind is ExcerptKind.QUOTE)
    found = next((quote for quote in quotes if any(_has(paragraph, first) for paragraph in quote.paragraphs)), None)
    return ", ".join(filter(None, (found.speaker, found.role))) if found and found.speaker else ""


def _instead(was: str, article: Article) -> str:
    """Returns what stands in the article in the place of these words; "" where nothing is like them."""
    return "\n\n".join(filter(None, (_likest(words, article) for words in was.split("\n\n"))))


def _likest(words: str, article: Article) -> str:
    best, ratio = "", 0.0
    for paragraph in article.paragraphs:
        stretch, alike = _likest_stretch(words.split(), article.at(paragraph.span).split())
        if alike > ratio:
            best, ratio = stretch, alike
    if ratio < _ALIKE:
        return ""
    # The marks around a quote are none of its words.
    return best if words[0] in _MARKS or words[-1] in _MARKS else best.strip(_MARKS)


def _likest_stretch(sought: Sequence[str], inside: Sequence[str]) -> tuple[str, float]:
    """Returns the stretch of a paragraph that stands where the words stood, and which part of them it has still."""
    was, there = ([word.strip(_MARKS) for word in words] for words in (sought, inside))
    matcher = SequenceMatcher(None, was, there, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not blocks:
        return "", 0.0
    first, last = blocks[0], blocks[-1]
    start = max(first.b - first.a, 0)  # as many words before the first that stayed as there were
    end = last.b + last.size + (len(sought) - last.a - last.size)
    return " ".join(inside[start:end]), sum(block.size for block in blocks) / len(sought)


def _embargo(row: Any, of_sources: Mapping[str, datetime], of_campaigns: Embargoes) -> datetime | None:
    names = {source.article for source in _sources_of(row)} & of_sources.keys()
    stated = [by_the_clocks(of_sources[name], clock_of(row.time_zone)) for name in names]
    key = (row.campaign, row.occurrence)
    of_campaign = of_campaigns.get(key, row.embargo_until)
    return max(filter(None, (*stated, of_campaign)), default=None)
