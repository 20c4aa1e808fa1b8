"""The statuses of a post and every move between them: nothing changes a status but a move of this table."""

from enum import StrEnum


class PostStatus(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    HELD = "held"  # taken out of the queue: a person says whether it still goes out
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    MISSED = "missed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Move(StrEnum):
    """What happens to a post; the audit trail names these."""

    PLAN = "plan"
    UPDATE = "update"  # planning again found other words or another hour
    EDIT = "edit"
    RESCHEDULE = "reschedule"
    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"
    SET_ASIDE = "set aside"  # its hour passed meanwhile, somebody stopped its story, or its article changed
    KEEP = "keep"  # a person wants it out all the same
    KEEP_DRAFT = "keep as a draft"  # the same of one that nobody has approved yet
    CLAIM = "claim"
    RELEASE = "release"  # claimed, never attempted
    WITHDRAW = "withdraw"  # a hold came in the last moment before the call
    CONTINUE = "continue"  # one part of a thread is out, the next may go
    PUBLISH = "publish"
    RETRY_LATER = "retry later"
    REFUSE = "refuse"
    HOLD_BACK = "hold back"  # the credentials were refused: the post waits, its account is held
    LOSE_SIGHT = "lose sight"  # nobody knows whether it is out
    MISS = "miss"
    DOUBT_AGAIN = "doubt again"  # an old doubt stands, and the key that would make a repeat safe is too old by now
    CONFIRM = "confirm"  # the platform was asked, and it is out
    CONFIRM_PART = "confirm part"  # the same for one part of a thread: the next may go
    TRY_AGAIN = "try again"  # the platform was asked, and it is not out
    RESTORE_PUBLISHED = "restore: published"  # the backup did not know it yet, the book before the restore did
    RESTORE_UNCONFIRMED = "restore: unconfirmed"  # the backup does not know whether it went out since
    RESOLVE_PUBLISHED = "resolve: published"
    RESOLVE_NOT_PUBLISHED = "resolve: not published"
    RESOLVE_PART_PUBLISHED = "resolve: part published"  # its address alone is nothing to go on from
    RESOLVE_PART_NOT_PUBLISHED = "resolve: part not published"  # the parts before it are out


_S = PostStatus

# move: (where a post may come from, where it goes)
MOVES: dict[Move, tuple[frozenset[PostStatus], PostStatus]] = {
    Move.UPDATE: (frozenset({_S.DRAFT, _S.APPROVED, _S.HELD}), _S.DRAFT),
    Move.EDIT: (frozenset({_S.DRAFT, _S.APPROVED, _S.HELD, _S.FAILED, _S.MISSED}), _S.DRAFT),
    Move.RESCHEDULE: (
        frozenset({_S.DRAFT, _S.APPROVED, _S.HELD, _S.FAILED, _S.MISSED, _S.REJECTED, _S.CANCELLED}),
        _S.DRAFT,
    ),
    Move.APPROVE: (frozenset({_S.DRAFT}), _S.APPROVED),
    Move.REJECT: (frozenset({_S.DRAFT, _S.FAILED, _S.MISSED}), _S.REJECTED),
    Move.CANCEL: (frozenset({_S.APPROVED, _S.HELD}), _S.CANCELLED),
    # What is held already may get another reason on top.
    Move.SET_ASIDE: (frozenset({_S.DRAFT, _S.APPROVED, _S.HELD, _S.PUBLISHING, _S.UNCONFIRMED}), _S.HELD),
    Move.KEEP: (frozenset({_S.HELD}), _S.APPROVED),
    Move.KEEP_DRAFT: (frozenset({_S.HELD}), _S.DRAFT),
    Move.CLAIM: (frozenset({_S.APPROVED}), _S.PUBLISHING),
    Move.RELEASE: (frozenset({_S.PUBLISHING}), _S.APPROVED),
    Move.WITHDRAW: (frozenset({_S.PUBLISHING}), _S.APPROVED),
    Move.CONTINUE: (frozenset({_S.PUBLISHING}), _S.APPROVED),
    Move.PUBLISH: (frozenset({_S.PUBLISHING}), _S.PUBLISHED),
    Move.RETRY_LATER: (frozenset({_S.PUBLISHING}), _S.APPROVED),
    Move.REFUSE: (frozenset({_S.PUBLISHING}), _S.FAILED),
    Move.HOLD_BACK: (frozenset({_S.PUBLISHING}), _S.APPROVED),
    Move.LOSE_SIGHT: (frozenset({_S.PUBLISHING}), _S.UNCONFIRMED),
    Move.MISS: (frozenset({_S.APPROVED, _S.PUBLISHING, _S.UNCONFIRMED}), _S.MISSED),
    Move.DOUBT_AGAIN: (frozenset({_S.APPROVED}), _S.UNCONFIRMED),
    Move.CONFIRM: (frozenset({_S.UNCONFIRMED}), _S.PUBLISHED),
    Move.CONFIRM_PART: (frozenset({_S.UNCONFIRMED}), _S.APPROVED),
    Move.TRY_AGAIN: (frozenset({_S.UNCONFIRMED}), _S.APPROVED),
    Move.RESTORE_PUBLISHED: (frozenset(_S) - {_S.PUBLISHED}, _S.PUBLISHED),
    Move.RESTORE_UNCONFIRMED: (frozenset(_S) - {_S.PUBLISHED}, _S.UNCONFIRMED),
    # What waits may be in doubt, too: its platform was asked, and it may be repeated safely.
    Move.RESOLVE_PUBLISHED: (frozenset({_S.UNCONFIRMED, _S.APPROVED, _S.HELD}), _S.PUBLISHED),
    Move.RESOLVE_NOT_PUBLISHED: (frozenset({_S.UNCONFIRMED, _S.APPROVED, _S.HELD}), _S.DRAFT),
    Move.RESOLVE_PART_PUBLISHED: (frozenset({_S.UNCONFIRMED, _S.APPROVED, _S.HELD}), _S.FAILED),
    Move.RESOLVE_PART_NOT_PUBLISHED: (frozenset({_S.UNCONFIRMED, _S.APPROVED, _S.HELD}), _S.HELD),
}


class Outcome(StrEnum):
    """What came of one attempt."""

    ACCEPTED = "accepted"
    TEMPORARY = "temporary"
    REFUSED = "refused"
    CREDENTIALS = "credentials"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"  # the call was never made
    DUPLICATE = "duplicate"  # refused as words that the platform has already: perhaps those of an attempt in doubt
    ABSENT = "absent"  # unknown at first; then the platform was asked, or a person looked: it is not out


class HoldScope(StrEnum):
    """How far a hold reaches; `ALL` has no name."""

    ALL = "all"
    ACCOUNT = "account"
    CAMPAIGN = "campaign"
    TOPIC = "topic"


class WhenLate(StrEnum):
    """What becomes of a post whose time to go out ends before it could."""

    MISS = "miss"
    HOLD = "hold"


class ChangeKind(StrEnum):
    """What became of the source of a post."""

    CHANGED = "changed"  # words that the post took
    ELSEWHERE = "elsewhere"  # other words of the article: the post's own stand as they stood
    WITHDRAWN = "withdrawn"
    EMBARGO = "embargo"  # it may not go out before a later moment than its hour
