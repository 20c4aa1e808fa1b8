"""A campaign becomes drafts: every slot for every account, at its hour, or a problem that says why not."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.articles.article import Span
from scheduler.campaigns import Lateness
from scheduler.drafting import PostKey
from scheduler.excerpts.excerpt import Excerpt, ExcerptKind
from tests.builders.drafting import (
    FakeCounter,
    drafts_of,
    make_article,
    make_campaign,
    make_occurrence,
    make_slot,
)

QUOTES = """The harbour opens its gates to everybody on Thursday. The tide tables are on the wall.

Harbour master Ines Calder said: “We have waited for this day all year. The new lock is a marvel.”

Lock keeper Ravi Dunmore said: “Children may turn the wheel themselves. I will hold the rope.”

Mary Penhale said: “Our boat goes out at noon. Bring a warm coat and a dry pair of socks.”"""


def quotes_slot(**keys: object) -> dict[str, object]:
    return make_slot(id="quotes", when="11:00", excerpt="quotes", every="90m", text="{{ excerpt.quoted }}") | keys


def test_every_slot_is_drafted_for_every_account_in_the_files_order() -> None:
    campaign = make_campaign(
        make_slot(id="after", when="+1d 12:00", text="Thank you."),
        make_slot(id="news", when="09:00", text="Come and see."),
        accounts=["press-b", "press-a"],
    )

    drafts = drafts_of(campaign).drafts

    assert [(draft.key.slot, draft.key.account) for draft in drafts] == [
        ("after", "press-b"),
        ("after", "press-a"),
        ("news", "press-b"),
        ("news", "press-a"),
    ]


def test_a_draft_says_whose_and_when_it_is() -> None:
    campaign = make_campaign(make_slot(when="-7d 10:00", text="Come and see."), late="3h")

    (draft,) = drafts_of(campaign).drafts

    assert draft.key == PostKey("harbour", "2027", "news", "press")
    assert draft.scheduled_at == datetime(2027, 3, 11, 10, 0, tzinfo=UTC)
    assert draft.time_zone == "Europe/London"
    assert draft.late == timedelta(hours=3)
    assert draft.campaign_title == "Harbour Open Day"
    assert draft.message.parts[0].text == "Come and see."
    assert draft.message.language == "en-GB"


def test_summer_time_is_kept() -> None:
    campaign = make_campaign(make_slot(when="09:00", text="Come and see."))

    (draft,) = drafts_of(campaign, occurrence=make_occurrence(date(2027, 7, 1))).drafts

    assert draft.scheduled_at == datetime(2027, 7, 1, 8, 0, tzinfo=UTC)


def test_an_hour_that_the_clocks_skip_is_moved_and_said() -> None:
    campaign = make_campaign(make_slot(when="01:30", text="Come and see."))

    (draft,) = drafts_of(campaign, occurrence=make_occurrence(date(2026, 3, 29))).drafts

    assert draft.scheduled_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert any("clocks go forward" in warning for warning in draft.warnings)


def test_the_campaigns_own_language_zone_and_warning_win() -> None:
    campaign = make_campaign(
        make_slot(text="Dewch i weld."), language="cy", time_zone="Europe/Paris", content_warning="deep water"
    )

    (draft,) = drafts_of(campaign).drafts

    assert draft.message.language == "cy"
    assert draft.message.content_warning == "deep water"
    assert draft.scheduled_at == datetime(2027, 3, 18, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(("late", "expected"), [("send", "send"), ("hold", "hold"), ("5m", timedelta(minutes=5))])
def test_a_slots_own_lateness_wins(late: str, expected: Lateness) -> None:
    (draft,) = drafts_of(make_campaign(make_slot(text="Come.", late=late))).drafts

    assert draft.late == expected


def test_a_draft_says_what_it_is_about_and_when_it_expires() -> None:
    campaign = make_campaign(
        make_slot(text="Come.", expires="+1d 12:00", topics=["crime"]), topics=["safety"], time_zone="Europe/Paris"
    )

    (draft,) = drafts_of(campaign).drafts

    assert draft.topics == ("safety", "crime")
    assert draft.expires_at == datetime(2027, 3, 19, 11, 0, tzinfo=UTC)


def test_an_expiry_keeps_its_hour_on_the_wall_when_the_clocks_change_before_it() -> None:
    campaign = make_campaign(make_slot(when="-1d 18:00", text="Come.", expires="12:00"))

    (draft,) = drafts_of(campaign, occurrence=make_occurrence(date(2026, 3, 29))).drafts

    assert draft.scheduled_at == datetime(2026, 3, 28, 18, 0, tzinfo=UTC)
    assert draft.expires_at == datetime(2026, 3, 29, 11, 0, tzinfo=UTC)


def test_what_the_clocks_let_expire_before_its_hour_is_a_problem() -> None:
    campaign = make_campaign(make_slot(when="01:30", text="Come.", expires="02:15"))

    drafted = drafts_of(campaign, occurrence=make_occurrence(date(2026, 3, 29)))

    assert drafted.drafts == ()
    assert 'slot "news": it expires before its hour: the clocks go forward' in drafted.problems[0].message


def test_a_quote_whose_turn_comes_after_it_expires_is_noted_and_not_posted() -> None:
    drafted = drafts_of(make_campaign(quotes_slot(expires="14:00")), QUOTES)

    assert len(drafted.drafts) == 2
    assert "quote 3 by Mary Penhale does not fit before it expires, 14:00, and is not posted" in drafted.notes[0]


def test_the_excerpt_and_its_place_in_the_article_are_kept() -> None:
    article = make_article("The harbour opens its gates. Everyone is welcome.")

    (draft,) = drafts_of(make_campaign(make_slot(excerpt="lead")), article).drafts

    assert draft.message.parts[0].text == article.text
    (source,) = draft.sources
    assert (source.article, source.sha256, source.kind) == ("articles/release.md", article.sha256, "lead")
    assert (source.spans, source.paragraphs) == ((Span(0, 49),), (0,))
    assert draft.key.fingerprint == ""


def test_quotes_are_spaced_by_every_and_named_by_their_words() -> None:
    drafts = drafts_of(make_campaign(quotes_slot()), QUOTES).drafts

    assert [draft.scheduled_at.hour * 60 + draft.scheduled_at.minute for draft in drafts] == [660, 750, 840]
    assert len({draft.key.fingerprint for draft in drafts}) == 3
    assert all(draft.key.fingerprint for draft in drafts)


def test_a_quote_that_comes_after_until_is_noted_and_not_posted() -> None:
    drafted = drafts_of(make_campaign(quotes_slot(until="13:00")), QUOTES)

    assert len(drafted.drafts) == 2
    assert drafted.notes == ("harbour, quotes: quote 3 by Mary Penhale does not fit before 13:00 and is not posted",)


def test_a_quote_whose_turn_comes_just_at_until_is_posted() -> None:
    assert len(drafts_of(make_campaign(quotes_slot(until="14:00")), QUOTES).drafts) == 3


def test_quotes_without_until_end_with_the_day() -> None:
    drafted = drafts_of(make_campaign(quotes_slot(when="22:00")), QUOTES)

    assert len(drafted.drafts) == 2
    assert "before 23:59" in drafted.notes[0]


def test_reordering_slots_changes_no_key() -> None:
    news = make_slot(id="news", text="Come and see.")

    one = drafts_of(make_campaign(news, quotes_slot()), QUOTES).drafts
    other = drafts_of(make_campaign(quotes_slot(when="08:00"), news), QUOTES).drafts

    assert {draft.key for draft in one} == {draft.key for draft in other}


def test_a_selector_that_yields_several_for_one_hour_is_a_problem() -> None:
    twice = QUOTES + "\n\nHarbour master Ines Calder said: “The second lock opens in May. We shall invite you.”"

    drafted = drafts_of(make_campaign(make_slot(excerpt="quote by Calder")), twice)

    assert drafted.drafts == ()
    assert 'selects 2 excerpts; pick one: "quote 1" or "quote 4"' in str(drafted.problems[0])


def test_a_long_lead_is_shortened_at_a_sentence_and_said() -> None:
    campaign = make_campaign(make_slot(excerpt="lead"))

    (draft,) = drafts_of(campaign, limit=40).drafts

    assert draft.message.parts[0].text == "The harbour opens its gates."
    assert draft.warnings[0] == "lead shortened to fit: 1 sentence left out: “Everyone is welcome.”"
    assert draft.sources[0].spans == (Span(0, 28),)
    assert draft.lengths[0][0].used == 28


def test_a_long_quote_shows_where_words_were_left_out() -> None:
    campaign = make_campaign(make_slot(excerpt="quote 3", text="{{ excerpt.quoted }} {{ excerpt.speaker }}"))

    (draft,) = drafts_of(campaign, QUOTES, limit=60).drafts

    assert draft.message.parts[0].text == "“Our boat goes out at noon. […]” Mary Penhale"
    assert "quote shortened to fit, marked with […]: 1 sentence left out" in draft.warnings[0]


def test_what_cannot_fit_is_a_problem_that_names_slot_account_and_length() -> None:
    campaign = make_campaign(make_slot(excerpt="lead"), accounts=["press", "small"])

    drafted = drafts_of(campaign, counters={"press": FakeCounter(), "small": FakeCounter(20)})

    assert [draft.key.account for draft in drafted.drafts] == ["press"]
    (problem,) = drafted.problems
    assert 'slot "news": account small' in problem.message
    assert "28 of 20 characters" in problem.message
    assert problem.file == "campaigns/harbour.toml"


def test_a_link_that_takes_the_room_is_blamed() -> None:
    article = make_article("The harbour opens.", url="https://harbour.example/" + "long/" * 20)

    drafted = drafts_of(
        make_campaign(make_slot(excerpt="lead", text="{{ excerpt.text }} {{ link }}")), article, limit=100
    )

    assert "143 of 100 characters, 124 of them for the link" in drafted.problems[0].message


def test_words_of_the_excerpt_go_before_support_link_and_hashtags(tmp_path: Path) -> None:
    campaign = make_campaign(
        make_slot(excerpt="lead", template="announcement"),
        support=[{"name": "Coastguard", "phone": "999"}],
        hashtags=["HarbourDay{yy}"],
    )
    article = make_article(
        "Harbour Open Day is here. " + "The gates are open to all. " * 20 + "Do come.",
        url="https://harbour.example/open",
    )

    (draft,) = drafts_of(campaign, article, limit=140, workspace=tmp_path).drafts

    text = draft.message.parts[0].text
    assert "Coastguard 999" in text
    assert "https://harbour.example/open" in text
    assert text.endswith("#HarbourDay27")
    assert len(text) <= 140


@pytest.mark.parametrize(
    ("limit", "ending", "gone"),
    [
        (150, "https://harbour.example/open\n#HarbourDay27", ()),
        (135, "#HarbourDay27", ("left out to fit: the link",)),
        (105, "Coastguard 999", ("left out to fit: the link, the hashtags",)),
        (90, "Coastguard 999", ("left out to fit: the link, the hashtags, the role",)),
    ],
)
def test_where_one_sentence_is_too_long_a_template_goes_without_what_it_can_spare(
    tmp_path: Path, limit: int, ending: str, gone: tuple[str, ...]
) -> None:
    campaign = make_campaign(
        make_slot(excerpt="quote 1", template="quote"),
        support=[{"name": "Coastguard", "phone": "999"}],
        hashtags=["HarbourDay{yy}"],
    )
    article = make_article(
        "The harbour opens.\n\nInes Calder, harbour master, said: “We have waited for this day all year long.”",
        url="https://harbour.example/open",
    )

    (draft,) = drafts_of(campaign, article, limit=limit, workspace=tmp_path).drafts

    assert draft.message.parts[0].text.endswith(ending)
    assert "Coastguard 999" in draft.message.parts[0].text
    assert "Ines Calder" in draft.message.parts[0].text
    assert tuple(warning for warning in draft.warnings if warning.startswith("left out")) == gone


def test_nothing_of_a_persons_own_text_is_spared() -> None:
    article = make_article("The harbour opens.", url="https://harbour.example/open")

    drafted = drafts_of(make_campaign(make_slot(text="Come along. {{ link }}")), article, limit=30)

    assert drafted.drafts == ()
    assert drafted.unfit == drafted.problems


def test_a_text_that_asks_for_a_link_gets_the_articles_first_where_it_has_no_address() -> None:
    article = "The harbour opens.\n\nTide tables: https://harbour.example/tides\nMore: https://harbour.example/more"

    (draft,) = drafts_of(make_campaign(make_slot(text="Come along. {{ link }}")), article).drafts

    assert draft.message.parts[0].text == "Come along. https://harbour.example/tides"
    assert any("no address of its own" in warning for warning in draft.warnings)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"text": "{{ titel }}"}, 'unknown variable "titel"; did you mean "title"?'),
        ({"template": "anouncement"}, 'unknown template "anouncement"; did you mean "announcement"?'),
        ({"text": "{{ link }}"}, "an empty value would be printed"),
        ({"text": "{{ excerpt.text }}", "excerpt": "quote 9"}, "has no quote"),
        ({"text": "{% if false %}x{% endif %}"}, "the text is empty"),
        ({"text": "Hello", "accounts": ["pres"]}, 'unknown account "pres"'),
        ({"text": "{{ excerpt.text }}"}, '"text" is asked of something that is empty here'),
    ],
)
def test_what_is_wrong_with_a_slot_is_a_problem_and_the_others_go_on(keys: dict[str, object], expected: str) -> None:
    campaign = make_campaign(make_slot(**keys), make_slot(id="other", text="Fine."))

    drafted = drafts_of(campaign, counters={"press": FakeCounter()})

    assert [draft.key.slot for draft in drafted.drafts] == ["other"]
    assert expected in str(drafted.problems[0])
    assert 'slot "news"' in str(drafted.problems[0])


def test_the_same_problem_on_several_accounts_is_said_once() -> None:
    drafted = drafts_of(make_campaign(make_slot(text="{{ titel }}"), accounts=["a", "b", "c"]))

    assert len(drafted.problems) == 1


def test_an_article_that_could_not_be_read_is_a_problem_of_the_slots_that_need_it() -> None:
    campaign = make_campaign(make_slot(excerpt="lead"))

    drafted = drafts_of(campaign, articles={})

    assert 'the article "release" could not be read' in str(drafted.problems[0])


NAMELESS = "The harbour opens its gates.\n\n“Nobody signed this one. It was found on the wall.”\n\nThe end."


def nameless_quote() -> Excerpt:
    text = "Nobody signed this one. It was found on the wall."
    start = NAMELESS.index(text)
    return Excerpt(ExcerptKind.QUOTE, (Span(start, start + len(text)),), (text,))


def test_the_quote_template_refuses_a_quote_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.drafting.turns.select", lambda *_: (nameless_quote(),))
    campaign = make_campaign(make_slot(excerpt="quote 1", template="quote"))

    drafted = drafts_of(campaign, NAMELESS)

    assert drafted.drafts == ()
    assert "nobody is named as the speaker of “Nobody signed this one." in str(drafted.problems[0])


def test_a_template_that_needs_no_name_gets_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.drafting.turns.select", lambda *_: (nameless_quote(),))
    campaign = make_campaign(make_slot(excerpt="quote 1", text="{{ excerpt.quoted }}"))

    (draft,) = drafts_of(campaign, NAMELESS).drafts

    assert any("nobody is named as the speaker" in warning for warning in draft.warnings)


def test_an_excerpt_that_stands_twice_is_posted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.drafting.turns.select", lambda *_: (nameless_quote(), nameless_quote()))

    drafted = drafts_of(make_campaign(quotes_slot()), NAMELESS)

    assert len(drafted.drafts) == 1
    assert "posted once" in drafted.notes[0]


def test_the_same_text_twice_for_one_account_is_warned_of() -> None:
    campaign = make_campaign(make_slot(id="one", text="Come."), make_slot(id="two", when="+1d 09:00", text="Come."))

    first, second = drafts_of(campaign).drafts

    assert first.warnings == ()
    assert 'the same text as slot "one" for this account' in second.warnings[0]


def test_the_words_of_the_excerpt_are_not_touched() -> None:
    article = "The harbour  opens its gates.  Two spaces, and\na broken line."

    (draft,) = drafts_of(
        make_campaign(make_slot(excerpt="lead", text="Read:  \n\n\n\n{{ excerpt.text }}\n\n\n\nEnd")), article
    ).drafts

    text = draft.message.parts[0].text
    assert text.startswith("Read:\n\nThe harbour  opens")
    assert text.endswith("a broken line.\n\nEnd")


def test_drafting_twice_gives_the_same() -> None:
    campaign = make_campaign(quotes_slot(), make_slot(excerpt="lead"))

    assert drafts_of(campaign, QUOTES) == drafts_of(campaign, QUOTES)


ELECTED = (
    "The harbour opens.\n\nCllr Ann Low said: “We are glad of it, all of us.”\n\n"
    "Dr Bo Reed said: “So are we, of course.”"
)


def test_what_an_elected_person_said_is_not_posted_in_the_pre_election_period() -> None:
    slot = make_slot(excerpt="quotes", every="90m")
    campaign = make_campaign(slot, elected=["Ann Low"], pre_election="2027-03-18..2027-05-06")

    drafted = drafts_of(campaign, ELECTED)

    assert [draft.message.parts[0].text for draft in drafted.drafts] == ["So are we, of course."]
    assert drafted.notes == (
        "harbour, news: the quote by Ann Low is not posted: elected, and 18 March 2027 is in the pre-election period "
        "(18 March 2027 to 6 May 2027)",
    )
    assert drafted.problems == ()


def test_what_an_elected_person_said_is_posted_outside_of_it() -> None:
    campaign = make_campaign(make_slot(excerpt="quote 1"), elected=["Ann Low"], pre_election="2027-03-19..2027-05-06")

    assert len(drafts_of(campaign, ELECTED).drafts) == 1


def test_what_a_template_takes_besides_its_excerpt_is_a_source_too() -> None:
    article = make_article(
        "The harbour opens its gates.\n\nThe harbour has 12 boats.\n\nCall the harbour on 0300 555 0142."
    )
    slot = make_slot(excerpt="lead", text="{{ excerpt.text }} {{ facts[0] }} {{ call_to_action.text }}")

    (draft,) = drafts_of(make_campaign(slot), article).drafts

    assert [(source.kind, article.at(source.spans[0])) for source in draft.sources] == [
        ("lead", "The harbour opens its gates."),
        ("fact", "The harbour has 12 boats."),
        ("call to action", "Call the harbour on 0300 555 0142."),
    ]


def test_key_sentences_are_ranked_by_the_names_of_the_campaigns_day() -> None:
    rooms = "\n\n".join(f"The council has planned many things for room {name} of the quay." for name in "ABCDEFGH")
    text = f"The harbour opens.\n\n{rooms}\n\nEvery Harbour Open Day poster was drawn by a child of this town."
    slot = make_slot(excerpt="keys", every="1h")

    texts = [draft.message.parts[0].text for draft in drafts_of(make_campaign(slot), text).drafts]

    assert "Every Harbour Open Day poster was drawn by a child of this town." in texts


@pytest.mark.parametrize(
    ("text", "kinds"),
    [("Read it: {{ link }}", ["link"]), ("{{ title }}", ["title"]), ("Come and see.", [])],
)
def test_a_post_without_an_excerpt_belongs_to_the_article_whose_title_or_link_it_shows(
    text: str, kinds: list[str]
) -> None:
    article = make_article("The gates open.", title="The gates", url="https://harbour.example/gates")

    (draft,) = drafts_of(make_campaign(make_slot(text=text)), article).drafts

    assert [source.kind for source in draft.sources] == kinds


@pytest.mark.parametrize(
    ("of_article", "of_campaign", "until"),
    [
        ("2027-03-18T10:00:00", None, 10),
        ("2027-03-18T10:00:00", "11:00", 11),
        ("2027-03-18T10:00:00+00:00", "09:30", 10),
    ],
)
def test_the_later_embargo_of_campaign_and_article_counts(of_article: str, of_campaign: str | None, until: int) -> None:
    article = make_article("The gates open.", embargo=datetime.fromisoformat(of_article))
    keys = {"embargo": of_campaign} if of_campaign else {}

    (draft,) = drafts_of(make_campaign(make_slot(excerpt="lead"), **keys), article).drafts

    assert draft.embargo_until == datetime(2027, 3, 18, until, tzinfo=UTC)
    ends = f"its hour is before the embargo, which ends on Thursday 18 March 2027, {until}:00: planning leaves it out"
    assert ends in draft.warnings
