"""What an elected person said stays away in a pre-election period."""

from scheduler.drafting.draft import Elected, PreElection
from scheduler.excerpts.elected import listed_name
from scheduler.excerpts.excerpt import ExcerptKind


def pre_election_of(kind: str, speaker: str | None, elected: Elected) -> PreElection | None:
    """Returns when these words must not go out; None where they are no quote, or the speaker is not listed as elected."""
    if elected.period is None or kind != ExcerptKind.QUOTE:
        return None
    name = listed_name(speaker, elected.names)
    return PreElection(name, elected.period) if name else None
