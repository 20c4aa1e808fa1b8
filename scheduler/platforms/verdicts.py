"""What an answer means for a post, where all platforms agree: which of the four errors it is."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus

from scheduler.config import redact
from scheduler.errors import CredentialsRefused, OutcomeUnknown, PostRefused, PublishError, TemporaryFailure
from scheduler.platforms.answer import Answer

_MAX_WORDS = 300
# A session token (JWT), should a platform repeat one: it lives too short to be worth remembering as a secret.
_SESSION_TOKEN = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*")

# Said after the request was read in full; the platform, or a proxy before it, may have taken the post all the same.
# 503 is among them since proxies answer it when the server behind them falls silent; 409 means that the same key is
# at work right now. What takes a form answers 302 or 303 when it has it, and shows elsewhere what came of it (RFC 9110,
# section 15.4.4); each web app of Google's Apps Script does.
_LEAVES_OPEN = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER)
# Nothing was done, by what they mean, and the same call may do later (RFC 8470, section 5.2; RFC 9110, section 15.5.20).
_NOT_NOW = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.TOO_EARLY, HTTPStatus.MISDIRECTED_REQUEST)
_ABOUT_THE_ACCOUNT = (HTTPStatus.UNAUTHORIZED, HTTPStatus.PAYMENT_REQUIRED, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED)
# A number above this counts seconds since 1970, below it seconds from now: no limit lasts thirty years.
_FIRST_UNIX_TIME = 1_000_000_000
# X's longest limit ends with the month. Who names years means something else, and would silence the account for them.
_LONGEST_LIMIT = timedelta(days=366)


def failure_of(
    answer: Answer, platform: str, said: str = "", *, retry_at: datetime | None = None, about_account: bool = False
) -> PublishError:
    """Returns the error that an answer without a receipt stands for.

    said: the platform's own words; about_account: the platform's words say that the account is the trouble.
    """
    detail = f"{platform} answered {_named(answer.status)}{_quoted(said)}"
    if answer.is_success:
        return OutcomeUnknown(f"{detail}, but not with what it says when a post is out")
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in _LEAVES_OPEN:
        return OutcomeUnknown(f"{detail}; it may have taken the post before")
    if answer.status in _NOT_NOW:
        return TemporaryFailure(detail, retry_at)
    if about_account or answer.status in _ABOUT_THE_ACCOUNT:
        return CredentialsRefused(detail)
    if answer.status < HTTPStatus.BAD_REQUEST:
        return PostRefused(f"{detail} and would have us go elsewhere; is the account's base_url right?")
    return PostRefused(detail)


@contextmanager
def posting_nothing() -> Iterator[None]:
    """Around calls that post nothing (a log-in): what is unclear is only late, what is refused is about the account."""
    try:
        yield
    except OutcomeUnknown as error:
        raise TemporaryFailure(error.detail) from error
    except PostRefused as error:
        raise CredentialsRefused(error.detail) from error


def retry_time(answer: Answer, header: str, now: datetime) -> datetime | None:
    """Returns when a limit ends by the platform's own `header`, else by Retry-After; None when neither says so.

    Understands seconds since 1970, seconds from `now`, ISO 8601, and HTTP dates. What is ahead counts before what is
    over: this clock may be ahead of the platform's. What is years ahead says nothing.
    """
    read = (_moment(answer.headers.get(name, "").strip(), now) for name in (header, "retry-after"))
    said = [moment for moment in read if moment is not None and moment < now + _LONGEST_LIMIT]
    return next((moment for moment in said if moment > now), next(iter(said), None))


def _moment(written: str, now: datetime) -> datetime | None:
    for read in (partial(_from_number, now=now), datetime.fromisoformat, parsedate_to_datetime):
        try:
            return _aware(read(written))
        except (ValueError, OverflowError, OSError, TypeError):
            continue
    return None


def _from_number(written: str, now: datetime) -> datetime:
    number = float(written)
    return now + timedelta(seconds=number) if number < _FIRST_UNIX_TIME else datetime.fromtimestamp(number, UTC)


def _aware(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _named(status: int) -> str:
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)


def _quoted(said: str) -> str:
    words = printable(said)
    return f": {words}" if words else ""


def printable(said: str) -> str:
    """Returns a platform's own words fit for a message: on one line, not too long, without secrets."""
    words = " ".join(_SESSION_TOKEN.sub("[secret]", redact(said)).split())
    return words if len(words) <= _MAX_WORDS else f"{words[:_MAX_WORDS]}…"
