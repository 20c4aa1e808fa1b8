"""The sources of unsent posts as they stand at this moment: the articles, the campaign files, the file of one's own days."""

from collections.abc import Hashable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from scheduler.app.workspace import Workspace
from scheduler.articles import read_if_changed
from scheduler.awareness import OWN_FILE, Calendar, load_calendar
from scheduler.campaigns import Campaign, When, load_readable, occurrence_in
from scheduler.drafting.draft import Elected
from scheduler.errors import CalendarError, CampaignError
from scheduler.posts.articles import Reading
from scheduler.publishing.source_watch import SourceWatch, Terms


class Sources:
    """What the posts of a workspace rest on."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def watch(self, *, once: bool = False) -> SourceWatch:
        """Makes what looks again at the articles of unsent posts. once: a single time, as a rehearsal does."""
        every = self._workspace.config.articles.check_every
        return SourceWatch(self.read_again, self.state_of, self.terms, self.stamp_of_campaigns, every, once)

    def read_again(self, source: str, validator: str | None) -> Reading | None:
        """Reads an article again; None when it is as it was when it had this validator. Raises ArticleError."""
        allow_private = self._workspace.config.allow_private_addresses
        found = read_if_changed(source, self._workspace.folder, validator, allow_private=allow_private)
        # Of a feed, or where one is led on, the article has another name than the one that it was asked for by.
        return Reading(replace(found, source=source), self._workspace.origin_of(source)) if found else None

    def state_of(self, source: str) -> str:
        """Says how a file stands at this moment, as an article's validator does; what is wrong with one that cannot be read."""
        try:
            path = self._workspace.folder / Path(source).expanduser()
            if "#" in source and not path.exists():
                # An entry of a feed that lies in a file.
                path = self._workspace.folder / Path(source.partition("#")[0]).expanduser()
            state = path.stat()
        except (OSError, RuntimeError, ValueError) as error:
            return f"{type(error).__name__} {path.parent.is_dir()}" if isinstance(error, OSError) else str(error)
        return f"{state.st_mtime_ns} {state.st_size}"

    def terms(self, occurrences: Iterable[tuple[str, str]]) -> Terms:
        """Returns what the campaign files say at this moment, and which of them cannot be read."""
        campaigns, unreadable = load_readable(self._workspace.folder)
        held = {each.id: each.why for each in unreadable if each.id and each.if_unreachable == "hold"}
        return Terms(
            self._embargoes(campaigns, set(occurrences)),
            {each.id: Elected(each.elected, each.pre_election) for each in campaigns},
            frozenset({each.id for each in campaigns if each.if_unreachable == "hold"} | held.keys()),
            {each.id: each.file for each in unreadable if each.id} | {each.id: each.file for each in campaigns},
            {each.file: each.why for each in unreadable},
            held,
        )

    def _embargoes(
        self, campaigns: Sequence[Campaign], occurrences: set[tuple[str, str]]
    ) -> dict[tuple[str, str], datetime | None]:
        """Returns them as the campaigns and one's own days are at this moment."""
        embargoes: dict[tuple[str, str], datetime | None] = {}
        calendar: Calendar | None = None  # a resting daemon that needs none is two megabytes smaller
        by_id = {campaign.id: campaign for campaign in campaigns}
        for campaign, year in ((by_id[name], year) for name, year in sorted(occurrences) if name in by_id):
            with suppress(CalendarError, CampaignError, ValueError):  # of days that cannot be read nothing new is known
                if not isinstance(campaign.embargo, When):
                    start = date(int(year), 1, 1)  # the same on every day
                    is_made_for_it = not campaign.years or start.year in campaign.years
                else:
                    calendar = calendar or load_calendar(self._workspace.folder / OWN_FILE)
                    start, is_made_for_it = occurrence_in(campaign, calendar, int(year)).start, True
                if is_made_for_it:
                    embargoes[campaign.id, year] = campaign.embargo_in(start, self._workspace.zone_of(campaign))
        return embargoes

    def stamp_of_campaigns(self) -> Hashable:
        """Returns something else once a campaign file, or the file of one's own days, has changed."""
        with suppress(OSError):
            folder = self._workspace.folder
            files = [*sorted((folder / "campaigns").glob("*.toml")), *folder.glob(OWN_FILE)]
            return tuple((path.name, state.st_mtime_ns, state.st_size) for path in files for state in [path.stat()])
        return None
