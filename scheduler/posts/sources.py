"""Which articles the posts to come were taken from, and whether their files are still there."""

import json
from collections.abc import Mapping
from pathlib import Path

from sqlmodel import Session, col, select

from scheduler.posts.status import ChangeKind, PostStatus
from scheduler.posts.tables import Post, SourceChange


def missing_articles(session: Session, workspace: Path) -> Mapping[str, list[int]]:
    """Returns each article file that is not there any more, with the ids of the approved posts that were taken from it.

    Posts that a person lets go out without it are not among them.
    """
    decided = _decided(session)
    query = select(Post.id, Post.sources_json).where(Post.status == PostStatus.APPROVED.value).order_by(col(Post.id))
    posts: dict[str, list[int]] = {}
    for post_id, sources_json in session.exec(query):
        for article in _articles(sources_json):
            if (post_id, article) not in decided:
                posts.setdefault(article, []).append(post_id or 0)
    return {article: ids for article, ids in sorted(posts.items()) if _is_missing(article, workspace)}


def _decided(session: Session) -> set[tuple[int | None, str]]:
    query = select(SourceChange.post_id, SourceChange.source).where(
        SourceChange.kind == ChangeKind.WITHDRAWN.value, col(SourceChange.settled_at).is_not(None)
    )
    return set(session.exec(query))


def _articles(sources_json: str) -> set[str]:
    try:
        return {source["article"] for source in json.loads(sources_json)}
    except (ValueError, TypeError, LookupError):
        return set()  # where a damaged row was taken from, nobody knows; the articles of the others are looked for


def _is_missing(article: str, workspace: Path) -> bool:
    if "://" in article:
        return False
    try:
        # "feed.xml#id" is an entry of a feed that lies in a file.
        paths = (article, article.partition("#")[0])
        return not any((workspace / Path(path).expanduser()).is_file() for path in paths)
    except (OSError, RuntimeError):
        return True
