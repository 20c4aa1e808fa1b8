"""Embedded social posts: their words are somebody's post elsewhere, and no speech in the article."""

from collections.abc import Mapping

_CLASSES = frozenset(
    """
    twitter-tweet twitter-video twitter-timeline mastodon-embed bluesky-embed instagram-media tiktok-embed fb-post fb-video
    reddit-embed-bq reddit-card text-post-media threads-embed imgur-embed-pub tumblr-post linkedin-embed
    """.split()  # noqa: SIM905 - a list of words reads as one
)
_PERMALINKS = (
    "data-instgrm-permalink",
    "data-bluesky-uri",
    "data-embed-url",
    "data-tweet-id",
    "data-text-post-permalink",
)
_HOLDERS = ("wp-block-embed", "embed-responsive", "oembed", "video-embed")


def is_social_post(tag: str, attributes: Mapping[str, str]) -> bool:
    """Whether an element is a social network's own embedding: by its class, or by the address it carries."""
    classes = attributes.get("class", "").lower().split()
    if any(name in _CLASSES for name in classes):
        return True
    if tag == "figure" and any(name.startswith(_HOLDERS) for name in classes):
        return True
    return any(name in attributes for name in _PERMALINKS)
