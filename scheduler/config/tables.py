"""The tables of config.toml as people write them: what each key may be, and what counts where it is left out."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool
from pydantic import StrictInt as WholeNumber

from scheduler.config.forms import (
    SQLITE,
    CalendarPeriod,
    Duration,
    FileName,
    Hour,
    Language,
    PoliteDuration,
    Reference,
    SqliteUrl,
    TimeZone,
)
from scheduler.tomlfile import Expected


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class WrittenPublishing(_Strict):
    at_once: Annotated[WholeNumber, Field(ge=1, le=1000)] = 256
    per_account: Annotated[WholeNumber, Field(ge=1, le=1000)] = 64
    timeout: Duration = timedelta(seconds=30)
    drain: Duration = timedelta(seconds=30)
    pace: Duration = timedelta(seconds=30)


class WrittenAlarms(_Strict):
    unapproved: Duration = timedelta(hours=24)
    silence: Duration = timedelta(minutes=5)
    gather: Duration = timedelta(minutes=1)
    digest: Hour | None = None
    to: Annotated[dict[str, Reference], Expected("a table of addresses, [alarms.to]")] = {}
    webhooks: Annotated[dict[str, Reference], Expected("a table of addresses, [alarms.webhooks]")] = {}
    ping: Reference | None = None


class WrittenDaemon(_Strict):
    heartbeat_file: FileName | None = None
    health_port: Annotated[WholeNumber, Field(ge=1, le=65535)] | None = None


class WrittenRetention(_Strict):
    keep: CalendarPeriod | None = None


class WrittenArticles(_Strict):
    check_every: PoliteDuration = timedelta(hours=6)


class Written(_Strict):
    """The keys of config.toml; accounts are checked apart, since each platform has its own keys."""

    database: SqliteUrl = f"{SQLITE}redletter.db"
    time_zone: TimeZone = "Europe/London"
    organisation: str = ""
    language: Language = "en-GB"
    allow_private_addresses: StrictBool = False
    publishing: WrittenPublishing = WrittenPublishing()
    retention: WrittenRetention = WrittenRetention()
    articles: WrittenArticles = WrittenArticles()
    alarms: WrittenAlarms = WrittenAlarms()
    daemon: WrittenDaemon = WrittenDaemon()
    accounts: Annotated[dict[str, Any], Expected("a table for each account, [accounts.NAME]")] = {}
