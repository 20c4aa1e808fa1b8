"""Makes the cards of saved posts, as their accounts show and count them."""

from collections.abc import Sequence

from scheduler.app.workspace import Workspace
from scheduler.campaigns import Lateness
from scheduler.config import Account
from scheduler.errors import BookError
from scheduler.platforms import adapter_for
from scheduler.platforms.contract import Adapter, Receipt
from scheduler.platforms.message import Message
from scheduler.posts.provenance import decode_sources
from scheduler.posts.queries import RESTORE, UNREADABLE, said_of_damaged
from scheduler.posts.tables import Post, PostReceipt, split_topics
from scheduler.preview import Card, CardPart


def card_of_post(workspace: Workspace, post: Post, receipts: Sequence[PostReceipt] = ()) -> Card:
    """Makes the card of a saved post."""
    try:
        message = post.message
    except UNREADABLE as error:
        raise BookError(f"{said_of_damaged(post.id or 0, error)}; {RESTORE}") from error
    return Card(
        campaign=post.campaign,
        campaign_title=post.campaign_title,
        occurrence=post.occurrence,
        slot=post.slot,
        account=post.account,
        platform=post.platform,
        looks_like=post.looks_like,
        scheduled_at=post.scheduled_at,
        time_zone=post.time_zone,
        parts=card_parts(workspace, post, message),
        late=_lateness(post),
        language=message.language,
        content_warning=message.content_warning,
        warnings=post.warnings,
        sources=decode_sources(post.sources_json),
        post_id=post.id,
        status=post.status,
        version=post.version,
        receipts=tuple(Receipt(receipt.platform_id, receipt.url) for receipt in receipts),
        expires_at=post.latest_at,
        embargo_until=post.embargo_until,
        topics=split_topics(post.topics),
        fingerprint=post.fingerprint,
    )


def card_parts(workspace: Workspace, post: Post, message: Message) -> tuple[CardPart, ...]:
    """Counts a message as the account of a saved post does; an account that is gone is counted by its platform."""
    counter = workspace.adapters.get(post.account) or _stand_in(workspace, post)
    return tuple(
        CardPart(part.text, tuple(counter.lengths(message, index))) for index, part in enumerate(message.parts)
    )


def _stand_in(workspace: Workspace, post: Post) -> Adapter:
    like = {} if post.looks_like == "outbox" else {"like": post.looks_like}
    return adapter_for(Account(post.account, "outbox", settings=like), workspace.folder, 1)


def _lateness(post: Post) -> Lateness:
    if post.when_late == "hold":
        return "hold"
    return post.expires_at - post.scheduled_at if post.expires_at and post.expires_at != post.latest_at else "send"
