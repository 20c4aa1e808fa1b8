"""A message is what is said: its parts, their media, its language and content warning."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Media:
    """One picture or film of a part: its file relative to the workspace, the SHA-256 of its bytes, its alt text."""

    path: str
    sha256: str
    alt: str


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a message, with its media; a thread has several parts."""

    text: str
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """What is said, whole: parts (one, or a thread in its order), BCP 47 language, content warning or None."""

    parts: tuple[Part, ...]
    language: str = "en-GB"
    content_warning: str | None = None
