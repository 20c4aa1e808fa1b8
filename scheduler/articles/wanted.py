"""What a campaign wants of a source beside its address: how its dates are read, and which entry of a feed."""

from dataclasses import dataclass

from scheduler.articles.dates import DateOrder


@dataclass(frozen=True, slots=True)
class Wanted:
    """The plain case is one article whose dates are British.

    feed: whether the source has to be an RSS or Atom feed; a feed is known as such anyway.
    matching: of a feed, only entries whose title, summary or categories hold all words of one of these.
    newest: which of those: 1 is the newest, 2 the one before it.
    follow: read the page that the entry links to (True), what the feed itself holds (False), or the page only where the
    feed holds no full text (None).
    """

    dates: DateOrder = DateOrder.BRITISH
    feed: bool = False
    matching: tuple[str, ...] = ()
    newest: int = 1
    follow: bool | None = None
