"""Turns a campaign into drafts: every slot for every account, at its hour, fitted and looked over."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.articles.article import Article, Span
from scheduler.articles.embargo import by_the_clocks
from scheduler.awareness import DateStatus, Occurrence
from scheduler.campaigns import Campaign, Slot, at
from scheduler.drafting.draft import Draft, Drafted, PostKey, Source
from scheduler.drafting.fitting import DoesNotFit, Fitted, Passage, fit
from scheduler.drafting.keywords import keywords
from scheduler.drafting.lint import warnings
from scheduler.drafting.spacing import tidy
from scheduler.drafting.templates import RenderingFailed, Templates
from scheduler.drafting.values import Setting, spoken_date, values
from scheduler.errors import Problem, TemplateError
from scheduler.excerpts import cut, select
from scheduler.excerpts.elected import listed_name
from scheduler.excerpts.excerpt import NOTHING, Excerpt, ExcerptKind, Excerpts
from scheduler.platforms.contract import Counter, Length
from scheduler.platforms.message import Message, Part

END_OF_DAY = time(23, 59)


@dataclass(frozen=True, slots=True)
class Turn:
    """One post of a slot, before it belongs to an account: its hour (UTC), its excerpt, and what to say about the hour.

    expires_at: after when it never goes out (UTC).
    """

    scheduled_at: datetime
    excerpt: Excerpt | None
    warnings: tuple[str, ...] = ()
    expires_at: datetime | None = None


@dataclass(slots=True)
class Workshop:
    """What the drafts of one campaign are made with, and what is found on the way."""

    campaign: Campaign
    occurrence: Occurrence
    counters: Mapping[str, Counter]
    articles: Mapping[str, Article]
    templates: Templates
    time_zone: str
    language: str
    organisation: str
    unreadable: Collection[str]
    excerpts: dict[str, Excerpts] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unfit: list[Problem] = field(default_factory=list)
    unmade: list[PostKey] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def cut(self, article: Article) -> Excerpts:
        """Returns the excerpts of an article, cut once."""
        if article.source not in self.excerpts:
            self.excerpts[article.source] = cut(article, keywords(self.campaign, self.occurrence.day))
        return self.excerpts[article.source]

    def report(self, index: int, key: str, message: str, *, one_post: bool = False) -> None:
        """Writes down a problem at a key of a slot, once; the message follows the slot's id.

        one_post: it concerns one post alone.
        """
        slot = self.campaign.slots[index]
        problem = self.campaign.problem(f'slot "{slot.id}": {message}', "slot", index, key)
        self.add(problem)
        if one_post and problem not in self.unfit:
            self.unfit.append(problem)

    def add(self, problem: Problem) -> None:
        """Writes down a problem, once."""
        if problem not in self.problems:
            self.problems.append(problem)


def draft_campaign(
    campaign: Campaign,
    occurrence: Occurrence,
    counters: Mapping[str, Counter],
    articles: Mapping[str, Article],
    templates: Templates,
    time_zone: str,
    language: str,
    organisation: str = "",
    unreadable: Collection[str] = (),
) -> Drafted:
    """Makes the drafts of one campaign for one occurrence, ordered by slot, turn and account as the file has them.

    counters: by account name; articles: by the campaign's short names. time_zone and language hold where the campaign
    names none. unreadable: articles whose trouble is reported already; the slots that need them are passed over.
    Pure and without a clock: slots already past are drafted too. What cannot be drafted is a problem of the result and
    never stops the rest.
    """
    zone, tongue = campaign.time_zone or time_zone, campaign.language or language
    shop = Workshop(campaign, occurrence, counters, articles, templates, zone, tongue, organisation, unreadable)
    if occurrence.status is DateStatus.COMPUTED:
        shop.notes.append(f"{campaign.id}: the date of {occurrence.day.name} {occurrence.year} is computed; check it")
    drafts = [draft for index in range(len(campaign.slots)) for draft in _slot_drafts(shop, index)]
    return Drafted(
        tuple(_with_repeats(drafts)), tuple(shop.problems), tuple(shop.unfit), tuple(shop.unmade), tuple(shop.notes)
    )


def _slot_drafts(shop: Workshop, index: int) -> Iterator[Draft]:
    slot = shop.campaign.slots[index]
    article, sound = _article(shop, index)
    if not sound:
        return
    for turn in _turns(shop, index, article):
        for account in shop.campaign.accounts_of(slot):
            if account not in shop.counters:
                shop.report(index, "accounts", f'unknown account "{account}"')
                continue
            draft = _draft(shop, index, turn, account, article)
            if draft:
                yield draft


def _article(shop: Workshop, index: int) -> tuple[Article | None, bool]:
    """Returns the article of a slot (None where the campaign has none), and whether that is as it should be."""
    slot = shop.campaign.slots[index]
    name = slot.article or next(iter(shop.campaign.articles), None)
    if name is not None and name in shop.articles:
        return shop.articles[name], True
    if name is None and slot.excerpt is None:
        return None, True
    if name in shop.unreadable:
        return None, False
    missing = f'the article "{name}" could not be read' if name else "there is no article to take an excerpt from"
    shop.report(index, "article" if slot.article else "excerpt", missing)
    return None, False


def _turns(shop: Workshop, index: int, article: Article | None) -> list[Turn]:
    """Returns the posts that a slot makes: one, or one for each excerpt where the slot has `every`."""
    slot = shop.campaign.slots[index]
    first, note = at(shop.occurrence.start, slot.when, ZoneInfo(shop.time_zone))
    expires_at, late_note = _expiry(shop, slot)
    if expires_at is not None and expires_at <= first:
        # The file has them in order: it is the clocks that turn them round.
        shop.report(index, "expires", f"it expires before its hour: {late_note or note}")
        return []
    warned = tuple(dict.fromkeys(filter(None, (note, late_note))))
    turns = _timed(shop, index, article, Turn(first, None, warned, expires_at))
    return [turn for turn in turns if not _is_withheld(shop, slot, turn)]


def _timed(shop: Workshop, index: int, article: Article | None, first: Turn) -> list[Turn]:
    """Returns the posts of a slot at their hours, the first of them as given."""
    slot = shop.campaign.slots[index]
    if slot.excerpt is None or article is None:
        return [first]
    chosen = _excerpts(shop, index, slot.excerpt, article)
    if slot.every is None:
        if len(chosen) > 1:
            picks = " or ".join(_picks(shop.cut(article), chosen))
            shop.report(index, "excerpt", f'"{slot.excerpt}" selects {len(chosen)} excerpts; pick one: {picks}')
            return []
        return [replace(first, excerpt=excerpt) for excerpt in chosen]
    return _spaced(shop, slot, first, _distinct(shop, slot, chosen))


def _is_withheld(shop: Workshop, slot: Slot, turn: Turn) -> bool:
    """Tells whether a quote stays away because it is of an elected person in the pre-election period, and notes it."""
    period, quote = shop.campaign.pre_election, turn.excerpt
    on = turn.scheduled_at.astimezone(ZoneInfo(shop.time_zone)).date()
    if period is None or on not in period or quote is None or quote.kind is not ExcerptKind.QUOTE:
        return False
    name = listed_name(quote.speaker, shop.campaign.elected)
    if name is None:
        return False
    when = f"{spoken_date(period.first)} to {spoken_date(period.last)}"
    note = f"{shop.campaign.id}, {slot.id}: the quote by {name} is not posted: elected, and {spoken_date(on)} is"
    shop.notes.append(f"{note} in the pre-election period ({when})")
    return True


def _expiry(shop: Workshop, slot: Slot) -> tuple[datetime | None, str | None]:
    """Returns after when a slot's posts never go out (UTC), and a note where the clocks change."""
    expires = shop.campaign.expires_of(slot)
    if expires is None:
        return None, None
    return at(shop.occurrence.start, expires, ZoneInfo(shop.time_zone))


def _excerpts(shop: Workshop, index: int, selector: str, article: Article) -> tuple[Excerpt, ...]:
    try:
        return tuple(select(shop.cut(article), selector, article.source))
    except ValueError as error:
        shop.report(index, "excerpt", str(error))
        return ()


def _picks(all_of_it: Excerpts, chosen: Sequence[Excerpt]) -> Iterator[str]:
    """Yields the selectors that pick one of several excerpts each: "quote 2"."""
    for word, siblings in (
        ("quote", all_of_it.quotes),
        ("key", all_of_it.key_sentences),
        ("fact", all_of_it.facts),
        ("call to action", all_of_it.calls_to_action),
    ):
        yield from (f'"{word} {number}"' for number, excerpt in enumerate(siblings, start=1) if excerpt in chosen)


def _distinct(shop: Workshop, slot: Slot, chosen: Sequence[Excerpt]) -> list[Excerpt]:
    """Drops an excerpt that the article holds twice: it would be posted twice under one key."""
    distinct = {excerpt.fingerprint: excerpt for excerpt in reversed(chosen)}
    for _ in range(len(chosen) - len(distinct)):
        shop.notes.append(f"{shop.campaign.id}, {slot.id}: an excerpt that the article holds twice is posted once")
    return list(reversed(distinct.values()))


def _spaced(shop: Workshop, slot: Slot, first: Turn, chosen: Sequence[Excerpt]) -> list[Turn]:
    """Spaces the excerpts out from the first turn on; one whose turn comes after the last moment is noted and not posted."""
    last, until = _last_turn(shop, slot, first)
    turns = []
    for number, excerpt in enumerate(chosen):
        hour = first.scheduled_at + number * (slot.every or timedelta())
        if hour <= last:
            turns.append(Turn(hour, excerpt, first.warnings if number == 0 else (), first.expires_at))
        else:
            shop.notes.append(_does_not_fit_before(shop, slot, number + 1, excerpt, until))
    return turns


def _last_turn(shop: Workshop, slot: Slot, first: Turn) -> tuple[datetime, str]:
    """Returns the last moment for one of several posts, and how to call it: `until`, the end of the day, or `expires`."""
    zone = ZoneInfo(shop.time_zone)
    day = first.scheduled_at.astimezone(zone).date()
    last = datetime.combine(day, slot.until or END_OF_DAY, zone).astimezone(UTC)
    if first.expires_at is not None and first.expires_at <= last:
        return first.expires_at - timedelta(seconds=1), f"it expires, {first.expires_at.astimezone(zone):%H:%M},"
    return last, f"{slot.until or END_OF_DAY:%H:%M}"


def _does_not_fit_before(shop: Workshop, slot: Slot, number: int, excerpt: Excerpt, until: str) -> str:
    by = f" by {excerpt.speaker}" if excerpt.speaker else ""
    return f"{shop.campaign.id}, {slot.id}: {excerpt.kind.value} {number}{by} does not fit before {until} and is not posted"


def _draft(shop: Workshop, index: int, turn: Turn, account: str, article: Article | None) -> Draft | None:
    slot, counter = shop.campaign.slots[index], shop.counters[account]
    excerpts = shop.cut(article) if article else NOTHING
    setting = Setting(
        shop.campaign,
        slot,
        shop.occurrence,
        shop.organisation,
        account,
        counter.looks_like,
        turn.scheduled_at,
        shop.time_zone,
        article,
        excerpts.links,
        excerpts=excerpts,
    )
    made = _fitted(shop, index, turn, setting)
    if made is None:
        shop.unmade.append(_key(shop, slot, account, turn))
        return None
    fitted, setting = made
    sources = _sources(article, fitted, excerpts)
    embargo_until = _embargo(shop, article if sources else None)
    return Draft(
        key=_key(shop, slot, account, turn),
        campaign_title=shop.campaign.title,
        platform=counter.platform,
        looks_like=counter.looks_like,
        scheduled_at=turn.scheduled_at,
        time_zone=shop.time_zone,
        late=shop.campaign.late_of(slot),
        message=_message(shop, fitted.text),
        lengths=(fitted.lengths,),
        warnings=(
            *turn.warnings,
            *_too_early(turn, embargo_until, shop.time_zone),
            *_unclear_embargo(embargo_until, article),
            *warnings(setting, fitted.passage, fitted.text),
            *(length.remark for length in fitted.lengths if length.remark),
        ),
        sources=sources,
        expires_at=turn.expires_at,
        topics=shop.campaign.topics_of(slot),
        embargo_until=embargo_until,
    )


def _embargo(shop: Workshop, article: Article | None) -> datetime | None:
    """Returns before when a draft must not go out (UTC): the later of what the campaign says and the article it took from."""
    zone = ZoneInfo(shop.time_zone)
    of_article = by_the_clocks(article.embargo, zone) if article and article.embargo else None
    of_campaign = shop.campaign.embargo_in(shop.occurrence.start, zone)
    return max(filter(None, (of_article, of_campaign)), default=None)


def _too_early(turn: Turn, embargo_until: datetime | None, time_zone: str) -> Iterator[str]:
    if embargo_until is not None and turn.scheduled_at < embargo_until:
        yield f"{before_embargo(embargo_until, time_zone)}: planning leaves it out"


def _unclear_embargo(embargo_until: datetime | None, article: Article | None) -> Iterator[str]:
    if embargo_until is None and article and article.unclear_embargo:
        line = " ".join(article.unclear_embargo.split())
        yield f"the article says “{line}”, and not until which day: give the campaign its `embargo`"


def before_embargo(until: datetime, time_zone: str) -> str:
    """Says of a post that it would go out too early."""
    local = until.astimezone(ZoneInfo(time_zone))
    return f"its hour is before the embargo, which ends on {local:%A} {local.day} {local:%B %Y}, {local:%H:%M}"


def _fitted(shop: Workshop, index: int, turn: Turn, whole: Setting) -> tuple[Fitted, Setting] | None:
    """Returns the text that fits and the setting it was made in, or reports why there is none.

    The excerpt is shortened first; where its first sentence alone is still too long, a template goes without what it
    can spare, one thing after the other, and the draft says so. What a person wrote in the campaign stays as it is.
    """
    spared = ("link", "hashtags", "role") if whole.slot.text is None else ()
    settings = [replace(whole, spared=frozenset(spared[:count])) for count in range(len(spared) + 1)]
    key = "text" if whole.slot.text is not None else "template"
    for setting in settings:
        try:
            fitted = _fit(shop, index, turn, setting)
        except DoesNotFit as error:
            if setting is settings[-1]:
                too_long = _too_long(shop, turn, setting, error)
                shop.report(index, key, f"account {setting.account}: {too_long}", one_post=True)
        except TemplateError as error:
            _report_rendering(shop, index, turn.excerpt, error)
            return None
        else:
            if fitted.text:
                return fitted, setting
            shop.report(index, key, f"account {setting.account}: the text is empty")
            return None
    return None


def _fit(shop: Workshop, index: int, turn: Turn, setting: Setting) -> Fitted:
    def render(passage: Passage | None) -> str:
        text = _render(shop, index, setting, passage)
        return tidy(text, passage.paragraphs if passage else ())

    return fit(turn.excerpt, render, lambda text: _measure(shop, setting, text))


def _measure(shop: Workshop, setting: Setting, text: str) -> Sequence[Length]:
    return shop.counters[setting.account].lengths(_message(shop, text), 0)


def _render(shop: Workshop, index: int, setting: Setting, passage: Passage | None) -> str:
    slot = setting.slot
    if slot.text is None:
        return shop.templates.render(slot.template or "", setting.platform, values(setting, passage))
    where = shop.campaign.problem("", "slot", index, "text")
    # TOML drops the line break after the opening quotation marks, and a text of several lines begins on the next one.
    first = where.line + 1 if where.line and "\n" in slot.text else where.line
    return shop.templates.render_text(slot.text, replace(where, line=first), values(setting, passage))


def _report_rendering(shop: Workshop, index: int, excerpt: Excerpt | None, error: TemplateError) -> None:
    """Reports what a template could not do: at its line in the campaign, or at the slot that names the template."""
    nameless = excerpt and excerpt.kind is ExcerptKind.QUOTE and not excerpt.speaker
    if excerpt and nameless and isinstance(error, RenderingFailed) and error.kind == "nothing":
        words = " ".join(excerpt.text.split()[:8])
        shop.report(
            index,
            "excerpt",
            f"nobody is named as the speaker of “{words} …”, and the template needs a name; pick another quote",
            one_post=True,
        )
        return
    for problem in error.problems:
        if problem.file == shop.campaign.file:
            shop.add(replace(problem, message=f'slot "{shop.campaign.slots[index].id}": {problem.message}'))
        else:
            shop.report(index, "template", str(problem))


def _too_long(shop: Workshop, turn: Turn, setting: Setting, error: DoesNotFit) -> str:
    """Says how long the shortest text is, and how much of it is the link where that is what does not fit."""
    index, over = next((index, length) for index, length in enumerate(error.lengths) if not length.fits)
    what = "even with the first sentence alone the text has" if turn.excerpt else "the text has"
    link = setting.link
    without_link = _measure(shop, setting, error.text.replace(link, ""))[index].used if link else over.used
    share = f", {over.used - without_link} of them for the link" if over.used - without_link > over.limit / 3 else ""
    return f"{what} {over.used} of {over.limit} {over.unit}{share}; shorten the template or pick another excerpt"


def _message(shop: Workshop, text: str) -> Message:
    return Message((Part(text),), shop.language, shop.campaign.content_warning)


def _key(shop: Workshop, slot: Slot, account: str, turn: Turn) -> PostKey:
    fingerprint = turn.excerpt.fingerprint if slot.every is not None and turn.excerpt else ""
    return PostKey(shop.campaign.id, shop.occurrence.id, slot.id, account, fingerprint)


def _sources(article: Article | None, fitted: Fitted, excerpts: Excerpts) -> tuple[Source, ...]:
    """Returns where the words of a text come from: its excerpt, and what its template took besides."""
    if article is None:
        return ()
    passage, plain = fitted.passage, " ".join(fitted.text.split())
    used = [(passage.excerpt, passage.spans)] if passage else []
    taken = set(passage.spans) if passage else set()
    for excerpt in (*excerpts.facts, *excerpts.calls_to_action):
        if " ".join(excerpt.text.split()) in plain and not _is_within(excerpt, taken):
            used.append((excerpt, excerpt.spans))
            taken.update(excerpt.spans)
    if not used and (named := _named(article, plain)):
        return (Source(article.source, article.sha256, named, ()),)
    return tuple(_source(article, excerpt, spans) for excerpt, spans in used)


def _named(article: Article, text: str) -> str | None:
    """Says what a text without any excerpt took of the article all the same."""
    title = " ".join((article.title or "").split())
    if title and title in text:
        return "title"
    return "link" if article.url and article.url in text else None


def _source(article: Article, excerpt: Excerpt, spans: tuple[Span, ...]) -> Source:
    return Source(
        article.source,
        article.sha256,
        excerpt.kind.value,
        spans,
        tuple(article.paragraph_at(span) for span in excerpt.spans),
        excerpt.speaker,
        excerpt.role,
        excerpt.fingerprint,
        excerpt.spans,
        excerpt.paragraphs,
    )


def _is_within(excerpt: Excerpt, taken: Collection[Span]) -> bool:
    return all(any(span.start <= own.start and own.end <= span.end for span in taken) for own in excerpt.spans)


def _with_repeats(drafts: Sequence[Draft]) -> Iterator[Draft]:
    """Warns where one account would say the same twice: platforms refuse it, and readers wonder."""
    said: dict[tuple[str, str], str] = {}
    for draft in drafts:
        earlier = said.setdefault((draft.key.account, draft.message.parts[0].text), draft.key.slot)
        is_first = earlier == draft.key.slot
        repeat = f'the same text as slot "{earlier}" for this account: platforms refuse a text posted twice'
        yield draft if is_first else replace(draft, warnings=(*draft.warnings, repeat))
