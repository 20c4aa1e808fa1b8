"""Reads an account's secrets when they are needed, and says so in the publisher's terms when they are not there."""

from scheduler.config import Account
from scheduler.errors import ConfigError, CredentialsRefused


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
