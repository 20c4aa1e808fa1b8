"""What became of the articles behind unsent posts: a post whose words no longer stand there is held, and the rest is told.

A post's own words decide, and who is said to have said them: a typo mended elsewhere in the article voids no approval.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, bindparam, insert, or_, select, text

from scheduler.articles import Article
from scheduler.articles.embargo import by_the_clocks
from scheduler.drafting.draft import Elected, Source
from scheduler.drafting.pre_election import pre_election_of
from scheduler.posts.articles import (
    UNSENT,
    Reading,
    embargoes,
    keep_gone,
    keep_readings,
    looks_at,
    texts_now,
    titles,
    unsent_posts,
)
from scheduler.posts.batches import DAEMON, Step, as_json, move_together
from scheduler.posts.comparing import Finding, Reread, compare, words_taken
from scheduler.posts.difference import changed_paragraphs, changes, in_brief
from scheduler.posts.holds import Told
from scheduler.posts.pre_election import in_the_way, note_of
from scheduler.posts.provenance import decode_sources, encode_sources, words_of
from scheduler.posts.queries import UNREADABLE
from scheduler.posts.status import ChangeKind, Move, PostStatus
from scheduler.posts.tables import AUDIT, POSTS, SOURCE_CHANGES, decode_message, stored_time
from scheduler.posts.what_is_out import in_doubt
from scheduler.posts.wording import ARTICLE_NOTE, BACK_NOTE, CAMPAIGN_NOTE, EMBARGO_NOTE, clock_of, local_hour, parted

SOON = timedelta(minutes=2)  # so long before its hour a post that must not go out unchecked is held
# A person's word may bring back the latter.
_MAY_COME_BACK = (*UNSENT, PostStatus.FAILED, PostStatus.MISSED, PostStatus.REJECTED, PostStatus.CANCELLED)
TAKEN_AWAY = "was taken away"

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


def follow_reading(connection: Connection, reading: Reading, now: datetime, *, who: str = DAEMON) -> Followed:
    """Keeps what was read, holds the unsent posts whose words it has no longer, and notes the others as told."""
    following = Following(connection, [reading.article.source], now, who=who)
    followed = following.reading(reading)
    following.finish()
    return followed


def follow_withdrawal(
    connection: Connection, source: str, why: str, now: datetime, *, what: str = TAKEN_AWAY, who: str = DAEMON
) -> Followed:
    """Writes down that a source was taken away, and holds its unsent posts; each once, however long it stays away.

    what: says so in other words, where it is there and has no text any more.
    """
    following = Following(connection, [source], now, who=who)
    followed = following.withdrawal(source, why, what)
    following.finish()
    return followed


class Following:
    """Follows what was found of several sources in one transaction.

    What the book has of them and of their posts is read together, and what follows is written together, by `finish`: a
    statement for each of thousands of sources would keep everybody else from the book for seconds.
    """

    def __init__(self, connection: Connection, sources: Collection[str], now: datetime, *, who: str = DAEMON) -> None:
        self._connection = connection
        self._now = now
        self._who = who
        self._posts = unsent_posts(connection, sources)
        self._looks = looks_at(connection, sources)
        self._texts = texts_now(connection, sources)
        self._titles = titles(connection, sources)
        self._readings: list[Reading] = []
        self._gone: dict[str, str] = {}
        self._aside: list[tuple[Any, str]] = []
        self._notes: list[dict[str, Any]] = []
        self._back: list[tuple[Any, str]] = []
        self._read_posts()

    def reading(self, reading: Reading, now: Reread | None = None) -> Followed:
        """Follows what was read; see `follow_reading`. now: what was worked out of it before."""
        article = reading.article
        self._readings.append(reading)
        now = now or Reread(article)
        held, standing = [], []
        for row in self._rows(article.source):
            sources = [source for source in _sources_of(row, article.source) if source.sha256 != article.sha256]
            newest = self._newest(row, article.source)
            if not sources:
                self._note_return(row, article, newest)
            if not sources or (newest is not None and newest.now_sha256 == article.sha256):
                continue
            message = _words_of(row)
            if message is None:
                continue
            title_of = self._titles.get
            findings = [compare(message, source, title_of((article.source, source.sha256)), now) for source in sources]
            finding = next((each for each in findings if each.kind is ChangeKind.CHANGED), findings[0])
            source = sources[findings.index(finding)]
            if finding.kind is ChangeKind.CHANGED and not self._was_decided(row, finding):
                why = f"{ARTICLE_NOTE}has changed, {article.source}: {in_brief(changes(finding.was, finding.now))}"
                if told := self._set_aside(row, why):
                    self._note(row, source, finding, article.sha256)
                    held.append(told)
                continue
            self._note(row, source, Finding(ChangeKind.ELSEWHERE), article.sha256)
            if finding.kind is ChangeKind.ELSEWHERE:
                self._say_it_is_back(row, article.source)
            standing.append(row.id)
        return Followed(tuple(held), tuple(standing), self._said_of(article))

    def withdrawal(self, source: str, why: str, what: str = TAKEN_AWAY) -> Followed:
        """Follows that a source was taken away; see `follow_withdrawal`."""
        self._gone[source] = why
        look = self._looks.get(source)
        since = look.gone_since if look else None
        held = []
        for row in self._rows(source):
            known = (each for each in self._changes.get(row.id, ()) if each.source == source)
            if since and any(each.kind == ChangeKind.WITHDRAWN and each.found_at >= since for each in known):
                continue
            used = next(_sources_of(row, source), None)
            if told := self._set_aside(row, f"{ARTICLE_NOTE}{what}, {source}: {why}"):
                self._note(row, used, Finding(ChangeKind.WITHDRAWN, words_taken(used) if used else ""), None)
                held.append(told)
        return Followed(tuple(held))

    def finish(self) -> None:
        """Writes what was found; nothing of it is in the book before."""
        keep_readings(self._connection, self._readings, self._now)
        keep_gone(self._connection, self._gone, self._now)
        self._write_down()
        self._readings, self._gone = [], {}

    def _write_down(self) -> None:
        if self._back:
            self._connection.execute(_SAY, [{"of_post": row.id, "said": note} for row, note in self._back])
            _write_remarks(self._connection, "follow the article", self._back, who=self._who, now=self._now)
        set_aside(self._connection, self._aside, who=self._who, now=self._now)
        if self._notes:
            self._connection.execute(insert(SOURCE_CHANGES), self._notes)
        self._aside, self._notes, self._back = [], [], []

    def _read_posts(self) -> None:
        ids = sorted({post for of_one in self._posts.values() for post in of_one})
        self._rows_by_id: dict[int, Any] = {}
        self._changes: dict[int, list[Any]] = {}
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            self._rows_by_id |= {row.id: row for row in _readable(self._connection, POSTS.c.id.in_(some))}
            for change in _readable(self._connection, SOURCE_CHANGES.c.post_id.in_(some), SOURCE_CHANGES):
                self._changes.setdefault(change.post_id, []).append(change)
        self._in_doubt = in_doubt(self._connection, ids)

    def _rows(self, source: str) -> list[Any]:
        ids = self._posts.get(source, ())
        if {row.id for row, _ in self._aside}.intersection(ids):
            # A post that was taken from two of these sources: what the first meant for it counts for the second.
            self._write_down()
            self._read_posts()
        return [self._rows_by_id[post] for post in ids if post in self._rows_by_id]

    def _newest(self, row: Any, source: str) -> Any:
        """Returns what was found last of an article and a post; None where nothing ever was."""
        return next((each for each in reversed(self._changes.get(row.id, ())) if each.source == source), None)

    def _said_of(self, article: Article) -> str:
        look = self._looks.get(article.source)
        if look is None or look.sha256 in (None, article.sha256):
            return ""
        was = self._texts.get(article.source)
        difference = in_brief(changes(*changed_paragraphs(was, article.text))) if was is not None else ""
        return f"{article.source} has changed: {difference or 'only where its lines begin and end'}"

    def _was_decided(self, row: Any, finding: Finding) -> bool:
        """Whether a person has decided about the very same change already, and the article changed elsewhere since.

        A decision that was made when the article had the words again is none about the change.
        """
        known = self._changes.get(row.id, ())
        decided = (
            each
            for each in known
            if each.kind == ChangeKind.CHANGED
            and (each.was, each.now) == (finding.was, finding.now)
            and each.settled_at
        )
        return any(
            not any(
                back.source == told.source
                and back.kind == ChangeKind.ELSEWHERE
                and back.id > told.id
                and back.found_at <= told.settled_at
                for back in known
            )
            for told in decided
        )

    def _set_aside(self, row: Any, why: str) -> Told | None:
        if row.id in self._in_doubt:
            return None  # first it is asked whether it is out; the next look finds it again
        self._aside.append((row, why))
        return _told(row, why)

    def _note(self, row: Any, source: Source | None, finding: Finding, sha256: str | None) -> None:
        self._notes.append(_note_of(row, source, finding, sha256, self._now))

    def _note_return(self, row: Any, article: Article, newest: Any) -> None:
        """Writes down that an article has again the very text that a post was taken from."""
        if newest is None or newest.kind not in (ChangeKind.CHANGED, ChangeKind.WITHDRAWN):
            return
        back = _note_of(row, None, Finding(ChangeKind.ELSEWHERE), article.sha256, self._now)
        of_source = {"source": article.source, "was_sha256": newest.now_sha256, "settled_at": self._now}
        self._notes.append(back | of_source)
        self._say_it_is_back(row, article.source)

    def _say_it_is_back(self, row: Any, source: str) -> None:
        """Brings the note of a held post up to date: nothing is let go by itself, and nobody should look for a difference."""
        if (
            row.status != PostStatus.HELD
            or not (row.note or "").startswith(ARTICLE_NOTE)
            or f", {source}" not in row.note
        ):
            return
        self._back.append((row, f"{BACK_NOTE}, {source}"))


_SAY = POSTS.update().where(POSTS.c.id == bindparam("of_post")).values(note=bindparam("said"))


def follow_embargoes(
    connection: Connection, of_campaigns: Embargoes, now: datetime, *, who: str = DAEMON
) -> tuple[Told, ...]:
    """Brings the embargo of every unsent post up to date, and holds those that would go out before it."""
    of_sources = embargoes(connection)
    early, moved, remarks = [], [], []
    for row in _readable(connection, POSTS.c.status.in_([status.value for status in UNSENT])):
        until = _embargo(row, of_sources, of_campaigns)
        if until != row.embargo_until:
            moved.append({"of_post": row.id, "until": until})
            remarks.append((row, f"until {local_hour(until, row.time_zone)}" if until else "none any more"))
        if until and until > now and row.scheduled_at < until and row.status != PostStatus.HELD:
            early.append((row, f"{EMBARGO_NOTE}, which ends on {local_hour(until, row.time_zone)}"))
    if moved:
        connection.execute(_MOVE_EMBARGO, moved)
        _write_remarks(connection, "embargo", remarks, who=who, now=now)
    held = set_aside(connection, early, who=who, now=now)
    ids = {told.id for told in held}
    notes = [_note_of(row, None, Finding(ChangeKind.EMBARGO), None, now) for row, _ in early if row.id in ids]
    if notes:
        connection.execute(insert(SOURCE_CHANGES), notes)
    return held


_MOVE_EMBARGO = POSTS.update().where(POSTS.c.id == bindparam("of_post")).values(embargo_until=bindparam("until"))


def follow_pre_election(
    connection: Connection, of_campaigns: Mapping[str, Elected], now: datetime, *, who: str = DAEMON
) -> tuple[Told, ...]:
    """Writes down whose words must not go out in a pre-election period, and holds the unsent posts that would all the same.

    of_campaigns: whom each campaign lists as elected, by its id; of one that is not there nothing new is known.
    """
    silenced, others, remarks = [], [], []
    may_come_back = POSTS.c.status.in_([status.value for status in _MAY_COME_BACK])
    # A book gathers what was rejected and missed for years: what no election concerns is not read.
    silent = [campaign for campaign, elected in of_campaigns.items() if elected.period and elected.names]
    concerned = or_(POSTS.c.campaign.in_(silent), POSTS.c.sources_json.contains('"pre_election"'))
    for row in _readable(connection, may_come_back & concerned):
        sources = tuple(_sources_of(row))
        elected = of_campaigns.get(row.campaign)
        if elected is not None:
            known = tuple(
                replace(source, pre_election=pre_election_of(source.kind, source.speaker, elected))
                for source in sources
            )
            if known != sources:
                others.append({"of_post": row.id, "others": encode_sources(known)})
                remarks.append((row, _said_of(known)))
                sources = known
        if row.status not in (PostStatus.DRAFT, PostStatus.APPROVED):
            continue
        # What is approved and could not go out at its hour may do so at any moment.
        moment = max(row.scheduled_at, now) if row.status == PostStatus.APPROVED else row.scheduled_at
        found = filter(None, (source.pre_election for source in sources))
        if each := in_the_way(connection, row.id, found, moment, row.time_zone):
            silenced.append((row, note_of(each)))
    if others:
        connection.execute(_KEEP_SOURCES, others)
        _write_remarks(connection, "pre-election", remarks, who=who, now=now)
    return set_aside(connection, silenced, who=who, now=now)


_KEEP_SOURCES = POSTS.update().where(POSTS.c.id == bindparam("of_post")).values(sources_json=bindparam("others"))


def _said_of(sources: Sequence[Source]) -> str:
    named = {f"{each.name}, {each.period}" for source in sources if (each := source.pre_election)}
    return "; ".join(sorted(named)) or "none any more"


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
    let_go = _let_go(connection, reasons)
    unseen = [(row, why) for row, why in reasons.values() if let_go.get(row.id) != parted(why)[0]]
    return set_aside(connection, unseen, who=DAEMON, now=now)


def _let_go(connection: Connection, posts: Collection[int]) -> dict[int, str]:
    """Returns of which posts a person has kept what was held, and for what; and nobody has decided otherwise since."""
    query = text(
        "SELECT post_id, what, detail FROM audit WHERE post_id IN (SELECT value FROM json_each(:posts))"
        " AND what IN (:held, :kept, :approved) ORDER BY id"
    )
    moves = {"held": Move.SET_ASIDE, "kept": Move.KEEP, "approved": Move.APPROVE}
    entries: dict[int, list[Any]] = {}
    for entry in connection.execute(query, {"posts": as_json(list(posts)), **moves}) if posts else ():
        entries.setdefault(entry.post_id, []).append(entry)
    return {
        post: parted(of_one[-2].detail or "")[0]
        for post, of_one in entries.items()
        if [entry.what for entry in of_one[-2:]] == [Move.SET_ASIDE, Move.KEEP]
    }


def _sources_of(row: Any, name: str = "") -> Iterator[Source]:
    """Yields the sources of a post, all or those of one article; of a damaged row none: `redletter status` says so."""
    try:
        sources = decode_sources(row.sources_json)
    except (ValueError, TypeError, KeyError):
        return
    yield from (source for source in sources if name in ("", source.article))


def set_aside(
    connection: Connection, reasons: Sequence[tuple[Any, str]], *, who: str, now: datetime
) -> tuple[Told, ...]:
    """Holds posts, each with its reason: rows of posts as they are at this moment. One that may be out is asked about first."""
    if not reasons:
        return ()
    doubtful = in_doubt(connection, [row.id for row, _ in reasons])
    held = [(row, why) for row, why in reasons if row.id not in doubtful]
    for status in UNSENT:
        steps = [Step(row.id, row.version, why) for row, why in held if row.status == status]
        move_together(connection, Move.SET_ASIDE, status, steps, now, who=who)
    return tuple(_told(row, why) for row, why in held)


def _told(row: Any, why: str) -> Told:
    return Told(row.id, row.campaign, row.slot, row.account, why)


def _note_of(row: Any, source: Source | None, finding: Finding, sha256: str | None, now: datetime) -> dict[str, Any]:
    """Returns a row of source_changes."""
    return {
        "post_id": row.id,
        "source": source.article if source else "",
        "was_sha256": source.sha256 if source else None,
        "now_sha256": sha256,
        "kind": finding.kind.value,
        "was": finding.was,
        "now": finding.now,
        "found_at": now,
        "settled_at": None,
    }


def _write_remarks(
    connection: Connection, what: str, remarks: Sequence[tuple[Any, str]], *, who: str, now: datetime
) -> None:
    """Writes something to the audit trails of posts that move nowhere: rows of posts, and what is said of each."""
    entries = [
        {"at": now, "who": who, "what": what, "post_id": row.id, "version": row.version, "detail": detail}
        | {"from_status": row.status, "to_status": row.status}
        for row, detail in remarks
    ]
    if entries:
        connection.execute(insert(AUDIT), entries)


def _words_of(row: Any) -> str | None:
    """Returns all words of a post; None where they are damaged: nothing of it goes out."""
    try:
        return words_of(decode_message(row.message_json))
    except UNREADABLE:
        return None


def _readable(connection: Connection, which: ColumnElement[bool], table: Table = POSTS) -> list[Any]:
    """Returns these rows in the order of their ids, without those that are damaged: one must not keep the others back."""
    try:
        return list(connection.execute(select(table).where(which).order_by(table.c.id)))
    except UNREADABLE:
        ids = connection.execute(select(table.c.id).where(which).order_by(table.c.id)).scalars().all()
    rows: list[Any] = []
    for each in ids:
        with suppress(*UNREADABLE):
            rows += connection.execute(select(table).where(table.c.id == each))
    return rows


def _embargo(row: Any, of_sources: Mapping[str, datetime | None], of_campaigns: Embargoes) -> datetime | None:
    names = {source.article for source in _sources_of(row)} & of_sources.keys()
    clock = clock_of(row.time_zone)
    # Where what a source states is damaged, what was known of it before counts.
    stated = [by_the_clocks(until, clock) if (until := of_sources[name]) else row.embargo_until for name in names]
    key = (row.campaign, row.occurrence)
    of_campaign = of_campaigns.get(key, row.embargo_until)
    return max(filter(None, (*stated, of_campaign)), default=None)
