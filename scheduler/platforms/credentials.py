"""Reads an account's secrets when they are needed, and says so in the publisher's terms when they are not there."""

import re
from hashlib import sha256
from urllib.parse import SplitResult, urlsplit

from scheduler.config import Account, register_secret, wrong_with_secret_address
from scheduler.errors import ConfigError, CredentialsRefused

# What may be a token in an address: letters with digits among them, or more letters than a word has.
_TOKEN = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w~+-]{8,}|[\w~+-]{20,}")


def reveal(account: Account, key: str) -> str:
    """Returns the secret; CredentialsRefused when it is missing: nothing goes out and someone must be told."""
    try:
        return account.secrets[key].reveal()
    except ConfigError as error:
        raise CredentialsRefused(str(error)) from error
    except KeyError:
        raise CredentialsRefused(f'account "{account.name}" has no {key} in the configuration') from None


def bearer(token: str) -> dict[str, str]:
    """Returns the header that carries a token; CredentialsRefused for what cannot stand in a header."""
    if not token.isascii() or not token.isprintable():
        raise CredentialsRefused("the access token holds characters that no token has; was it copied whole?")
    return {"Authorization": f"Bearer {token}"}


def reveal_address(account: Account, key: str) -> SplitResult:
    """Returns a secret that is a web address, its tokens registered; CredentialsRefused for what can be none.

    https, or http on this machine; never with a user name or password.
    """
    url = reveal(account, key).strip()
    register_secret(url)
    wrong = wrong_with_secret_address(url) or _wrong_with_user(url)
    if wrong:
        raise CredentialsRefused(f'the {key} of account "{account.name}" {wrong}')
    parts = urlsplit(url)
    for piece in re.split("[/?&=#]", f"{parts.path}?{parts.query}"):
        if _TOKEN.fullmatch(piece):
            register_secret(piece)
    return parts


def mark_of(address: SplitResult) -> str:
    """Returns eight digits that another address does not have: too few to find a token by that is in it."""
    return sha256(address.geturl().encode()).hexdigest()[:8]


def _wrong_with_user(url: str) -> str | None:
    return "must not hold a user name or password" if "@" in urlsplit(url).netloc else None
