"""Which post a draft is, also where a typo was mended in the excerpt that its identity is made of."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from sqlalchemy import Connection, RowMapping, select

from scheduler.drafting.draft import Draft, PostKey
from scheduler.posts.provenance import decode_sources, words_of
from scheduler.posts.tables import POSTS, decode_message

_ALIKE = 0.5  # of the words: below that it is another excerpt


def row_of(connection: Connection, key: PostKey) -> RowMapping | None:
    """Returns the post with this identity; None when there is none."""
    return _rows(connection, key).get(key.fingerprint)


def find_mended(connection: Connection, drafts: Sequence[Draft]) -> Mapping[PostKey, RowMapping]:
    """Returns, for drafts of excerpts that the book does not know, the post of the excerpt as it was before it was mended.

    A post stands for one draft at most, and a draft for one post: those whose words are the most alike belong together.
    A post whose excerpt is among the drafts as it was stands for itself.
    """
    found: dict[PostKey, RowMapping] = {}
    for siblings in _by_slot(draft for draft in drafts if draft.key.fingerprint):
        rows = _rows(connection, siblings[0].key)
        new = [draft for draft in siblings if draft.key.fingerprint not in rows]
        planned = {draft.key.fingerprint for draft in siblings}
        old = [row for fingerprint, row in rows.items() if fingerprint and fingerprint not in planned]
        pairs = [(_likeness(row, draft), number, draft, row) for number, row in enumerate(old) for draft in new]
        for likeness, _, draft, row in sorted(pairs, key=lambda pair: (-pair[0], pair[1])):
            if likeness >= _ALIKE and draft.key not in found and row not in found.values():
                found[draft.key] = row
    return found


def _by_slot(drafts: Iterable[Draft]) -> Iterable[Sequence[Draft]]:
    groups: dict[PostKey, list[Draft]] = {}
    for draft in drafts:
        key = draft.key
        groups.setdefault(PostKey(key.campaign, key.occurrence, key.slot, key.account), []).append(draft)
    return groups.values()


def _rows(connection: Connection, key: PostKey) -> dict[str, RowMapping]:
    """Returns the posts of a slot and account, by the fingerprints of their excerpts."""
    found = connection.execute(
        select(POSTS)
        .where(
            POSTS.c.campaign == key.campaign,
            POSTS.c.occurrence == key.occurrence,
            POSTS.c.slot == key.slot,
            POSTS.c.account == key.account,
        )
        .order_by(POSTS.c.id)
    )
    return {row["fingerprint"]: row for row in found.mappings()}


def _likeness(row: RowMapping, draft: Draft) -> float:
    now = " ".join(word for source in draft.sources for word in source.words).split()
    try:
        was = " ".join(word for source in decode_sources(row["sources_json"]) for word in source.words).split()
        if was and now:
            return SequenceMatcher(None, was, now, autojunk=False).ratio()
        # What an older version planned is known by its words alone, which are the excerpt's and some more.
        said = words_of(decode_message(row["message_json"])).split()
    except (ValueError, TypeError, KeyError):
        return 0.0  # a damaged row; `redletter status` says so
    same = SequenceMatcher(None, said, now, autojunk=False).get_matching_blocks()
    return sum(block.size for block in same) / len(now) if now else 0.0
