"""A workspace: its configuration, and the parts that follow from it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scheduler.articles import Article, Wanted, read_article
from scheduler.awareness import OWN_FILE, Calendar, load_calendar
from scheduler.campaigns import Campaign, load_campaigns, load_known_part
from scheduler.config import HOLD_FILE, Config, load_config
from scheduler.errors import CampaignError, Problem
from scheduler.platforms import ACCOUNT_KEYS, adapter_for, place_of
from scheduler.platforms.contract import Adapter

if TYPE_CHECKING:
    from scheduler.posts.book import Book


class Workspace:
    """One workspace; each of its parts is made when it is first asked for."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.folder = config.workspace

    @property
    def hold_file(self) -> Path:
        """While it is there, nothing goes out."""
        return self.folder / HOLD_FILE

    @cached_property
    def calendar(self) -> Calendar:
        return load_calendar(self.folder / OWN_FILE)

    @cached_property
    def adapters(self) -> Mapping[str, Adapter]:
        """Every account's adapter by the account's name; nothing is opened and no secret is read yet."""
        timeout = self.config.publishing.timeout.total_seconds()
        return {name: adapter_for(account, self.folder, timeout) for name, account in self.config.accounts.items()}

    @property
    def places(self) -> Mapping[str, str]:
        """Where each account's calls go; without those whose address cannot be read now."""
        found = {name: place_of(account) for name, account in self.config.accounts.items()}
        return {name: place for name, place in found.items() if place is not None}

    @property
    def paces(self) -> Mapping[str, timedelta]:
        """How far apart the late posts of an account go out, where the account says so itself."""
        return {name: account.pace for name, account in self.config.accounts.items() if account.pace is not None}

    @property
    def longest_pace(self) -> timedelta:
        """How far apart late posts of one account go out, at most."""
        return max([self.config.publishing.pace, *self.paces.values()])

    def campaigns(self, names: Sequence[str] = ()) -> tuple[list[Campaign], tuple[Problem, ...]]:
        """Returns the campaigns that can be read, all or those named, and the problems of the files that cannot."""
        try:
            found = load_campaigns(self.folder, names)
        except CampaignError as error:
            every = names or [path.name for path in sorted((self.folder / "campaigns").glob("*.toml"))]
            return [campaign for name in every for campaign in self._readable(name)], error.problems
        if not found:
            raise CampaignError("the folder campaigns/ has no campaign yet; redletter init shows an example")
        return found, ()

    def _readable(self, name: str) -> list[Campaign]:
        try:
            return load_campaigns(self.folder, [name])
        except CampaignError:
            # Its problems were reported with those of all files; what is wrong besides is to be said in the same go.
            known = load_known_part(self.folder, name)
            return [known] if known else []

    def zone_of(self, campaign: Campaign) -> ZoneInfo:
        return ZoneInfo(campaign.time_zone or self.config.time_zone)

    def open_book(self, *, create: bool = False, migrate: bool = False) -> "Book":
        """Opens the workspace's book; raises BookError."""
        from scheduler.posts.book import open_book

        return open_book(self.config.database, self.folder, create=create, migrate=migrate)

    def read(self, source: str, wanted: Wanted) -> Article:
        """Reads an article; raises ArticleError."""
        return read_article(source, self.folder, wanted, allow_private=self.config.allow_private_addresses)

    def origin_of(self, source: str) -> str:
        """Returns the very file or address of a source."""
        return source if "://" in source else str((self.folder / Path(source).expanduser()).absolute())


def open_workspace(folder: Path) -> Workspace:
    """Reads the configuration of a workspace; raises ConfigError."""
    return Workspace(load_config(folder, ACCOUNT_KEYS))
