"""Every error we raise, drawn as a tree; each says what to do next.

RedletterError
├── InputError          a file that a person wrote is wrong: all its problems at once
│   ├── ConfigError · CampaignError · CalendarError · ArticleError · TemplateError
│   │                                                ├── ArticleGone      its owner took it away
│   │                                                └── ArticleUnclear   it is there, and no text can be made of it
├── BookError           the database cannot be used as it is
├── MoveNotAllowed      a post cannot make this move from where it is
└── PublishError        what came of a call to a platform
    ├── TemporaryFailure    nothing went out; try again
    ├── PostRefused         nothing went out; trying again will not help
    │   └── DuplicateRefused    the platform has these words already
    ├── CredentialsRefused  nothing went out; hold the account and tell someone
    └── OutcomeUnknown      ask the platform before anything else
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


class RedletterError(Exception):
    """The root: whatever a person can do something about. Its text is one clear message without a traceback."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a file, said as `file:line: key: message`; what is not known is left out."""

    message: str
    file: str | None = None
    line: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.file and self.line else self.file
        return ": ".join(part for part in (where, self.key, self.message) if part)


class InputError(RedletterError):
    """All problems of one or several files that a person wrote; its text has one line for each problem."""

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        self.problems: tuple[Problem, ...] = (Problem(problems),) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ConfigError(InputError):
    """The configuration, a secret it names, or the workspace itself."""


class CampaignError(InputError):
    """A campaign file."""


class CalendarError(InputError):
    """A calendar of awareness days, or a day that cannot be dated."""


class ArticleError(InputError):
    """An article that cannot be read."""


class ArticleGone(ArticleError):
    """An article that is not there any more: no such file in its folder, or its server says so (404, 410)."""


class ArticleUnclear(ArticleError):
    """An article that is there and could be reached, but of which no text can be made: empty, broken, a bad header."""


class TemplateError(InputError):
    """A template that is missing, raises, reaches for what it may not have, or yields nothing that fits."""


class BookError(RedletterError):
    """The book (the database) is locked, full, read-only, damaged, or of another version."""


class MoveNotAllowed(RedletterError):
    """A post cannot make this move: its status or its version is another than the move needs."""


class PublishError(RedletterError):
    """What came of a call to a platform when it was not a receipt.

    detail: the platform's own words, without secrets.
    """

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(detail)


class TemporaryFailure(PublishError):
    """Nothing went out; try again, not before `retry_at` (aware) where the platform named a time."""

    def __init__(self, detail: str, retry_at: datetime | None = None) -> None:
        self.retry_at = retry_at
        super().__init__(detail)


class PostRefused(PublishError):
    """Nothing went out, and trying again will not help: the platform does not want this post."""


class DuplicateRefused(PostRefused):
    """The platform has these very words of this account already; perhaps from an attempt that nobody knew the end of."""


class CredentialsRefused(PublishError):
    """Nothing went out: the platform does not accept the account's credentials."""


class OutcomeUnknown(PublishError):
    """The call was made and nobody knows whether the post is out: never simply send it again."""
