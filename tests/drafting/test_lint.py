"""A draft says what a reviewer should look at, and says nothing where all is well."""

from dataclasses import replace
from datetime import date

import pytest

from scheduler.awareness import AwarenessDay
from tests.builders.drafting import anchor, drafts_of, make_article, make_campaign, make_occurrence, make_slot

SUPPORT = [{"name": "Coastguard", "phone": "999"}]


def warnings(slot: dict[str, object], article: object = "The harbour opens.", **keys: object) -> tuple[str, ...]:
    occurrence = keys.pop("occurrence", make_occurrence())
    (draft,) = drafts_of(make_campaign(slot, **keys), article, occurrence=occurrence).drafts  # type: ignore[arg-type] # builders check
    return draft.warnings


def test_a_plain_post_has_no_warnings() -> None:
    assert warnings(make_slot(text="Come and see. #HarbourDay")) == ()


@pytest.mark.parametrize("topic", ["child exploitation", "Suicide", "violence against women", "modern slavery"])
def test_a_sensitive_campaign_without_services_is_warned_of(topic: str) -> None:
    (warning,) = warnings(make_slot(text="Come and see."), topic=topic)

    assert "names no service; add `support`" in warning


def test_a_content_warning_makes_a_campaign_sensitive() -> None:
    assert "no support line" in warnings(make_slot(text="Come."), content_warning="drowning")[0]


@pytest.mark.parametrize("topic", ["boats", None])
def test_a_campaign_on_anything_else_needs_no_service(topic: str | None) -> None:
    assert warnings(make_slot(text="Come and see."), topic=topic) == ()


def test_a_text_without_any_of_the_campaigns_services_is_warned_of() -> None:
    (warning,) = warnings(make_slot(text="Come and see."), support=SUPPORT)

    assert warning == "no support line: none of Coastguard is in the text; use {{ support.line }}"


def test_a_text_with_a_service_is_not() -> None:
    assert warnings(make_slot(text="Call {{ support.line }}."), support=SUPPORT) == ()


@pytest.mark.parametrize(
    ("text", "when", "expected"),
    [
        ("Today we open.", "09:00", None),
        ("Today we open.", "-7d 09:00", "“today” and goes out on 11 March 2027"),
        ("We open tomorrow.", "-1d 09:00", None),
        ("We open tomorrow.", "09:00", "“tomorrow”"),
        ("Yesterday we opened.", "+1d 09:00", None),
        ("Yesterday we opened.", "+2d 09:00", "“yesterday”"),
        ("This week we open.", "-2d 09:00", None),
        ("This week we open.", "-7d 09:00", "“this week”"),
        ("This month we open.", "-17d 09:00", None),
        ("This month we open.", "-27d 09:00", "“this month”"),
        ("Next month we open.", "-27d 09:00", None),
        ("Last year it rained. Today we open.", "-7d 09:00", "“today”"),
    ],
)
def test_words_that_are_true_on_one_day_only(text: str, when: str, expected: str | None) -> None:
    found = warnings(make_slot(text=text, when=when))

    assert (expected in found[0]) if expected else found == ()


@pytest.mark.parametrize(
    ("published", "when", "expected"),
    [
        (date(2027, 3, 18), "09:00", None),
        (date(2027, 3, 17), "09:00", "“today”, but its article is of 17 March 2027 and this goes out on 18 March 2027"),
        (None, "09:00", None),
        (None, "+1d 09:00", "“today” and goes out on 19 March 2027"),
    ],
)
def test_an_excerpt_that_says_today_is_held_against_its_articles_date(
    published: date | None, when: str, expected: str | None
) -> None:
    article = make_article("Today the harbour opens its gates to everybody.", published=published)

    found = warnings(make_slot(excerpt="lead", when=when), article)

    assert (expected in found[0]) if expected else found == ()


@pytest.mark.parametrize(
    ("words", "published", "is_true"),
    [
        ("Next month", date(2027, 3, 1), True),
        ("Next month", date(2027, 2, 28), False),
        ("Last year", date(2027, 1, 2), True),
        ("Last year", date(2026, 12, 31), False),
        ("This week", date(2027, 3, 15), True),
        ("This week", date(2027, 3, 14), False),
    ],
)
def test_an_excerpts_months_and_years_count_from_its_article(words: str, published: date, is_true: bool) -> None:
    article = make_article(f"{words} the harbour is dredged by two ships.", published=published)

    found = [warning for warning in warnings(make_slot(excerpt="lead"), article) if "the excerpt says" in warning]

    assert (found == []) is is_true


@pytest.mark.parametrize(
    ("published", "is_old"),
    [(date(2027, 3, 1), False), (date(2026, 12, 30), True), (date(2020, 3, 17), True)],
)
def test_an_article_of_another_year_is_warned_of(published: date, is_old: bool) -> None:
    article = make_article("The harbour opens its gates.", published=published)

    found = warnings(make_slot(excerpt="lead"), article)

    assert any("check that it still holds" in warning for warning in found) is is_old


def test_a_december_release_for_a_january_day_is_fresh() -> None:
    article = make_article("The harbour opens its gates.", published=date(2026, 12, 20))

    assert warnings(make_slot(excerpt="lead"), article, occurrence=make_occurrence(date(2027, 1, 10))) == ()


@pytest.mark.parametrize(("tags", "count"), [("#One #Two", 0), ("#One #Two #Three", 1), ("https://a.example/#x #1", 0)])
def test_more_than_two_hashtags_are_warned_of(tags: str, count: int) -> None:
    assert len(warnings(make_slot(text=f"Come. {tags}"))) == count


def test_words_that_are_a_link_in_the_article_are_warned_of() -> None:
    text = "The harbour opens its gates and the tide tables are here for all."
    article = make_article(text, anchors=(anchor(text, "tide tables are here", "https://harbour.example/tides"),))

    assert warnings(make_slot(excerpt="lead"), article) == (
        "“tide tables are here” is a link in the article and plain words here",
    )
    assert warnings(make_slot(excerpt="lead", text="{{ excerpt.text }} https://harbour.example/tides"), article) == ()


EXPLAINED = "The Maritime Safety Unit (MSU) meets.\n\nEvery MSU boat in the harbour is open today."


@pytest.mark.parametrize(
    ("text", "is_warned"),
    [
        ("Visit the MSU.", True),
        ("The MSU’s boats are here.", True),
        ("Visit the Maritime Safety Unit (MSU).", False),
        ("Visit us. #MSU", False),
        ("Visit https://MSU.example/MSU now.", False),
        ("Visit the MSUX.", False),
    ],
)
def test_a_short_form_that_the_article_explains_is_to_be_spelled_out(text: str, is_warned: bool) -> None:
    found = [warning for warning in warnings(make_slot(text=text), EXPLAINED) if "spelled out" in warning]

    expected = (
        "“MSU” is not spelled out: the article says “Maritime Safety Unit”; use {{ acronyms.line }} or write it out"
    )
    assert found == ([expected] if is_warned else [])


def test_the_line_of_acronyms_explains_what_the_excerpt_leaves_open() -> None:
    slot = make_slot(excerpt="key 1", text="{{ excerpt.text }} {{ acronyms.line }}")

    (draft,) = drafts_of(make_campaign(slot), EXPLAINED).drafts

    assert draft.message.parts[0].text.endswith("MSU: Maritime Safety Unit")
    assert not any("spelled out" in warning for warning in draft.warnings)


ELECTED = "The harbour opens.\n\nCllr Ann Low said: “We are glad of it, all of us.”"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"elected": ["Ann Low"]}, None),
        ({"pre_election": "2027-03-22..2027-05-06"}, None),
        ({"pre_election": "2027-03-01..2027-03-18"}, "quotes Cllr Ann Low in the pre-election period"),
    ],
)
def test_a_quote_that_sounds_elected_is_looked_at_in_the_period(keys: dict[str, object], expected: str | None) -> None:
    found = [warning for warning in warnings(make_slot(excerpt="quote 1"), ELECTED, **keys) if "election" in warning]

    assert (found[0].startswith(expected) and len(found) == 1) if expected else found == []


def test_a_post_that_names_an_elected_person_is_looked_at_in_the_period() -> None:
    slot = make_slot(text="Ann  Low opens it.")

    (warning,) = warnings(slot, elected=["Ann Low"], pre_election="2027-03-01..2027-03-18")

    assert warning.startswith(
        "names Ann Low, who is elected, in the pre-election period (1 March 2027 to 18 March 2027)"
    )


QUOTED = "The gates open.\n\nMira Holt, keeper of the harbour, said: “Come and see what we mend.”"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ excerpt.quoted }} {{ excerpt.speaker }}", None),
        ("{{ excerpt.quoted | upper }}", "is now “COME AND SEE WHAT WE MEND.”"),
        ("{{ excerpt.text }} {{ excerpt.speaker }}", "it does not stand between quotation marks"),
        (
            "“{{ excerpt.text | replace('see', 'look at') }}”",
            "“Come and see what we” is now “Come and look at what we”",
        ),
        ("{{ excerpt.speaker }} was there.", None),
    ],
)
def test_a_template_that_alters_a_quotation_is_warned_of(text: str, expected: str | None) -> None:
    found = [each for each in warnings(make_slot(text=text, excerpt="quote 1"), QUOTED) if "altered" in each]

    assert [expected in each for each in found] == [True] if expected else found == []


@pytest.mark.parametrize(
    ("said", "is_inferred"), [("Mira Holt said: “We mend.”", False), ("She added: “We mend.”", True)]
)
def test_a_speaker_whom_the_article_does_not_name_beside_the_quote_is_said_to_be_inferred(
    said: str, is_inferred: bool
) -> None:
    article = f"The gates open.\n\nMira Holt, keeper of the harbour, said: “Come and see us.”\n\n{said}"

    found = warnings(make_slot(text="{{ excerpt.quoted }} {{ excerpt.speaker }}", excerpt="quote 2"), article)

    assert any("inferred" in each for each in found) is is_inferred


SENSITIVE = replace(make_occurrence(), day=AwarenessDay("remembrance", "Day of Remembrance", sensitive=True))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Join us!", "an exclamation mark"),
        ("Join us 🎉 and 🎉 sing 🥳", "🎉 and 🥳"),
        ("Come along :)", ":)"),
        ("Help is here 📞 999. We remember 🕯", None),
        ("We remember. Call 999: any hour.", None),
    ],
)
def test_a_cheerful_post_on_a_sensitive_day_is_warned_of(text: str, found: str | None) -> None:
    said = warnings(make_slot(text=text), support=[{"name": "Help", "phone": "999"}], occurrence=SENSITIVE)
    about_tone = [warning for warning in said if "tone" in warning]

    expected = f"Day of Remembrance is about what hurts people, and the text has {found}: look at its tone"
    assert about_tone == ([expected] if found else [])


def test_on_any_other_day_a_post_may_be_cheerful() -> None:
    assert warnings(make_slot(text="Join us! 🎉")) == ()


def test_a_sensitive_day_needs_a_service() -> None:
    assert "no support line" in warnings(make_slot(text="We remember."), occurrence=SENSITIVE)[0]


@pytest.mark.parametrize(
    ("text", "when", "said"),
    [("Mae heddiw yn agored.", "-1d 09:00", "heddiw"), ("Dewch yfory.", "-1d 09:00", None), ("Ddoe!", "09:00", "ddoe")],
)
def test_welsh_words_for_today_are_known(text: str, when: str, said: str | None) -> None:
    found = warnings(make_slot(text=text, when=when), language="cy")

    assert [warning.partition("”")[0] for warning in found] == ([f"the text says “{said}"] if said else [])


@pytest.mark.parametrize(("language", "count"), [("cy", 1), ("en", 0), ("en-GB", 0)])
def test_an_english_sentence_in_a_welsh_post_is_warned_of(language: str, count: int) -> None:
    found = warnings(make_slot(text="{{ day.line }}"), language=language)

    assert [warning.partition(" is in")[0] for warning in found] == ["“Harbour Open Day is today.”"] * count
