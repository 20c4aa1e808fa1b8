"""The words by which a campaign knows what in an article is its own."""

from scheduler.awareness import AwarenessDay
from scheduler.campaigns import Campaign


def keywords(campaign: Campaign, day: AwarenessDay) -> tuple[str, ...]:
    """Returns the names of the day, the campaign's title, what it is about, and its topics, each once."""
    topics = (topic.replace("-", " ") for topic in campaign.topics)
    words = (day.name, *day.aliases, *day.names.values(), campaign.title, campaign.topic or "", *topics)
    return tuple({word.casefold(): word for word in words if word.strip()}.values())
