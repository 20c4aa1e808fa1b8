"""config.toml becomes a Config and its Accounts, and it is known where their secrets come from."""

from scheduler.config.accounts import Account, AccountKeys
from scheduler.config.addresses import wrong_with_secret_address
from scheduler.config.forms import MOST_OFTEN, check_account_name, check_language, check_time_zone
from scheduler.config.reading import find_workspace, load_config
from scheduler.config.secrets import Secret, known_secrets, redact, register_secret
from scheduler.config.settings import HOLD_FILE, LATE, Alarms, Config, Health, Publishing

__all__ = [
    "HOLD_FILE",
    "LATE",
    "MOST_OFTEN",
    "Account",
    "AccountKeys",
    "Alarms",
    "Config",
    "Health",
    "Publishing",
    "Secret",
    "check_account_name",
    "check_language",
    "check_time_zone",
    "find_workspace",
    "known_secrets",
    "load_config",
    "redact",
    "register_secret",
    "wrong_with_secret_address",
]
