"""Turns a campaign into drafts: every slot for every account, at its hour, fitted and looked over."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler.articles.article import Article, Span
from scheduler.articles.embargo import by_the_clocks
from scheduler.awareness import Occurrence
from scheduler.campaigns import Campaign
from scheduler.drafting.draft import Draft, Drafted, Elected, PostKey, Source
from scheduler.drafting.fitting import DoesNotFit, Fitted, Passage, fit
from scheduler.drafting.language import english_words
from scheduler.drafting.lint import warnings
from scheduler.drafting.pre_election import pre_election_of
from scheduler.drafting.spacing import tidy
from scheduler.drafting.templates import RenderingFailed, Templates
from scheduler.drafting.turns import Turn, makes_several, turns_of
from scheduler.drafting.values import Setting, values
from scheduler.drafting.workshop import Workshop
from scheduler.errors import TemplateError
from scheduler.excerpts.excerpt import NOTHING, Excerpt, ExcerptKind, Excerpts
from scheduler.platforms.contract import Counter, Length
from scheduler.platforms.message import Message, Part


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
    doubt: str | None = None,
) -> Drafted:
    """Makes the drafts of one campaign for one occurrence, ordered by slot, turn and account as the file has them.

    counters: by account name; articles: by the campaign's short names. time_zone and language hold where the campaign
    names none. unreadable: articles whose trouble is reported already; the slots that need them are passed over.
    doubt: why the occurrence's date may be another, a sentence that every draft carries.
    Pure and without a clock: slots already past are drafted too. What cannot be drafted is a problem of the result and
    never stops the rest.
    """
    zone, tongue = campaign.time_zone or time_zone, campaign.language or language
    shop = Workshop(campaign, occurrence, counters, articles, templates, zone, tongue, organisation, unreadable, doubt)
    if doubt:
        shop.notes.append(f"{campaign.id}: {doubt}")
    drafts = [draft for index in range(len(campaign.slots)) for draft in _slot_drafts(shop, index)]
    return Drafted(
        tuple(_with_repeats(drafts)), tuple(shop.problems), tuple(shop.unfit), tuple(shop.unmade), tuple(shop.notes)
    )


def _slot_drafts(shop: Workshop, index: int) -> Iterator[Draft]:
    slot = shop.campaign.slots[index]
    article, sound = _article(shop, index)
    if not sound:
        return
    for turn in turns_of(shop, index, article):
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
        language=shop.language,
        moved_from=turn.moved_from,
    )
    made = _fitted(shop, index, turn, setting)
    if made is None:
        shop.unmade.append(_key(shop, index, account, turn))
        return None
    fitted, setting = made
    sources = _sources(article, fitted, excerpts, shop.elected)
    embargo_until = _embargo(shop, article if sources else None)
    return Draft(
        key=_key(shop, index, account, turn),
        campaign_title=shop.campaign.title,
        platform=counter.platform,
        looks_like=counter.looks_like,
        scheduled_at=turn.scheduled_at,
        time_zone=shop.time_zone,
        late=shop.campaign.late_of(slot),
        message=_message(shop, fitted.text),
        lengths=(fitted.lengths,),
        warnings=(
            *filter(None, [shop.doubt]),
            *turn.remarks,
            *turn.warnings,
            *_too_early(turn, embargo_until, shop.time_zone),
            *_unclear_embargo(embargo_until, article),
            *warnings(setting, fitted.passage, fitted.text),
            *english_words(setting, fitted.text),
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


def _key(shop: Workshop, index: int, account: str, turn: Turn) -> PostKey:
    """Several excerpts are told apart by themselves; the posts of a slot with one a day by their weekdays."""
    slot = shop.campaign.slots[index]
    fingerprint = turn.excerpt.fingerprint if turn.excerpt and makes_several(slot) else ""
    name = slot.id if turn.day is None or fingerprint else f"{slot.id}.{turn.day}"
    return PostKey(shop.campaign.id, shop.occurrence.id, name, account, fingerprint)


def _sources(article: Article | None, fitted: Fitted, excerpts: Excerpts, elected: Elected) -> tuple[Source, ...]:
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
    return tuple(_source(article, excerpt, spans, elected) for excerpt, spans in used)


def _named(article: Article, text: str) -> str | None:
    """Says what a text without any excerpt took of the article all the same."""
    title = " ".join((article.title or "").split())
    if title and title in text:
        return "title"
    return "link" if article.url and article.url in text else None


def _source(article: Article, excerpt: Excerpt, spans: tuple[Span, ...], elected: Elected) -> Source:
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
        pre_election_of(excerpt.kind.value, excerpt.speaker, elected),
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
