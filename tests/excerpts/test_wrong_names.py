"""Nobody speaks under a name that belongs to a place, an organisation or somebody who is only mentioned."""

from itertools import product

import pytest

from scheduler.excerpts import cut
from tests.builders.articles import make_article

NAMES = ("Mary Poe", "Leonie Hochberg", "Zadie Quorn", "Bartholomew de la Rue", "Nguyen Thi Lan", "Aoife O'Shea-Bright")
ROLES = ("cook", "head of rivers", "Deputy Chief Executive", "bell ringer", "Sister")
ORGANISATIONS = (
    "Quarry Lane Primary",
    "Church Hill Infants",
    "Rose Farm",
    "Victoria Park Surgery",
    "James Street Baths",
    "Robert Owen Academy",
    "the Alice Holt Trust",
    "the John Radcliffe",
    "Elizabeth Garrett Anderson Hospital",
    "Florence Nightingale Ward",
    "Martin, Dale and Grace Solicitors",
    "St. Mary's",
    "Heather Court",
    "Balfour Grey",
)
FORMS = (
    "{name}, {role} at {organisation}, said: “{words}”",
    "{role} at {organisation} {name} said: “{words}”",
    "{organisation}'s {role}, {name}, said: “{words}”",
    "{name}, who is {role} at {organisation}, said: “{words}”",
    "{name} from {organisation} said: “{words}”",
    "“{words}” said {name}, {role} at {organisation}.",
    "“{words}” said {name} of {organisation}.",
    "“{words}” said {organisation} {role} {name}.",
    "“{words}” {name}, {role} at {organisation}, said.",
    "“{words}” said {name}, speaking at {organisation}.",
    "“{words}”\n\n{name}, {role}, {organisation}",
    "{name}, {role}, {organisation}:\n\n“{words}”",
    "At {organisation}, {name} said: “{words}”",
)
OTHERS = (
    "{name}, who thanked {other}, said: “{words}”",
    "{name}, successor to {other}, said: “{words}”",
    "{name}, whose mother was {other}, said: “{words}”",
    "{other}'s deputy, {name}, said: “{words}”",
    "The deputy of {other} said: “{words}”",
    "{other}'s deputy said: “{words}”",
    "A spokesperson for {other} said: “{words}”",
    "A source close to {other} said: “{words}”",
    "Friends of {other} said: “{words}”",
    "The {other} Foundation said: “{words}”",
    "Director of the {other} Foundation {name} said: “{words}”",
    "{name}, of the {other} Foundation, said: “{words}”",
    "{name} told {other}: “{words}”",
    "“{words}” {name} told {other}.",
    "“{words}” said {name} to {other}.",
    "“{words}” said {name}, thanking {other}.",
    "“{words}” said {name}. {other} agreed.",
    "{other} went home. “{words}” said {name}.",
    "A book by {other} was there, and {name} said: “{words}”",
    "In a letter to {other}, {name} wrote: “{words}”",
    "Thanking {other} of Tarn Lifeboats the mayor said: “{words}”",
    "Sentencing {other} at Tarn Crown Court the judge said: “{words}”",
    "Sentencing {other} at Tarn Crown Court Judge {name} said: “{words}”",
    "Jailing {other} for nine years Recorder {name} said: “{words}”",
    "After meeting {other} in Tarn {name} said: “{words}”",
    "Speaking of {other} from Tarn {name} said: “{words}”",
    "On the appointment of {other} the chief executive said: “{words}”",
    "Following the visit of {other} to Tarn {name} said: “{words}”",
    "Thanking {other}, {name} said: “{words}”",
    "Thanking {other}, the mayor said: “{words}”",
    "Sentencing {other}, the judge said: “{words}”",
    "Sentencing Roe, the judge said: “{words}”",
    "Praising {other}, a spokesperson for Tarn Lifeboats said: “{words}”",
    "Housing {other}, {name} said: “{words}”",
    "Speaking after the conviction of {other}, {name} said: “{words}”",
    "Following the sentencing of {other}, the officer in the case said: “{words}”",
    "After meeting {other}, the mayor said: “{words}”",
    "The wife of {other} said: “{words}”",
    "The wife of PC Roe said: “{words}”",
    "“{words}” said a friend of Mr Roe.",
    "The man who robbed {other} said: “{words}”",
    "{other} was jailed after the judge said: “{words}”",
    "{other} listened as the judge said: “{words}”",
    "A letter to Mr Roe from the trust said: “{words}”",
    "Thanking volunteer {other}, the lord mayor said: “{words}”",
    "Presenting cadet {other} with a medal, {name} said: “{words}”",
    "The victim, who cannot be named, was helped by {other} throughout. He said: “{words}”",
    "The victim was helped by {other}. She said: “{words}”",
    "The woman was found by neighbour {other}. She said: “{words}”",
    "{other} found the woman on the stairs. She said: “{words}”",
    "{other} found the man on the stairs. He said: “{words}”",
    "A plaque for Sam, unveiled by {other}, reads: “{words}”",
    "The inscription, chosen by {other}, says: “{words}”",
    "A card signed by {other} said: “{words}”",
    "{other} signed the pledge, which reads: “{words}”",
    "{other} read a statement from the family. She said: “{words}”",
    "In a statement issued through {other}, the victim said: “{words}”",
    "On behalf of {other}, her solicitor said: “{words}”",
    "Speaking on behalf of {other}, {name} said: “{words}”",
    "{other} was told: “{words}”",
    "{other} is often asked: “{words}”",
    "The jury heard that {other} had been told: “{words}”",
    "{other}, whose sister said: “{words}”",
    "Those who nominated {other} wrote: “{words}”",
    "One of those helped by {other} said: “{words}”",
    "One of the mothers {other} had helped said: “{words}”",
    "People who knew {other} said: “{words}”",
    "Parents like {other} said: “{words}”",
    "Another, sat beside {other}, said: “{words}”",
    "The barrister defending {other} said: “{words}”",
    "The man accused of robbing {other} said: “{words}”",
    "The club, run by {other}, said: “{words}”",
    "The trust that {other} founded said: “{words}”",
    "A charity named after {other} said: “{words}”",
    "In their nomination of {other}, colleagues said: “{words}”",
)
TOGETHER = (
    "{name} and {other} said: “{words}”",
    "{name}, {other} and Ann Low said: “{words}”",
    "Council Leader {name} and Chief Executive {other} said: “{words}”",
    "{name}, council leader, and {other}, chief executive, said: “{words}”",
    "“{words}” said {name} and {other}.",
    "“{words}” said council leader {name} and chief executive {other}.",
    "{name} introduced {other}. They said: “{words}”",
)
MENTIONED = ("John Roe", "Dame Ottoline Vance", "Mr James Low", "Rosa Luxton-Hall")
HEAD = "Bridge opens\n\n3 May 2025\n\nA bridge was opened at Tarn on Saturday, after nine years of waiting and one flood.\n\n"
WORDS = "We are glad of it."


def _speakers(clause: str) -> list[str | None]:
    return [quote.speaker for quote in cut(make_article(f"{HEAD}{clause}\n\nIt is open to all from today.\n")).quotes]


@pytest.mark.parametrize("form", FORMS)
def test_an_organisation_never_speaks_in_place_of_its_people(form: str) -> None:
    wrong = []
    for name, role, organisation in product(NAMES, ROLES, ORGANISATIONS):
        clause = form.format(name=name, role=role, organisation=organisation, words=WORDS)
        if not set(_speakers(clause)) <= {name, f"Sister {name}", None}:
            wrong.append(clause)

    assert not wrong


@pytest.mark.parametrize(
    "form",
    [
        "{place} {role} said: “{words}”",
        "{place}, which has a new {role}, said: “{words}”",
        "It is a gift, says {place}, home of the {role}: “{words}”",
        "It saves lives explains {place}: “{words}”",
    ],
)
def test_a_place_never_speaks_in_place_of_those_who_work_there(form: str) -> None:
    places = [place for place in ORGANISATIONS if place != "Balfour Grey"]  # as a person may be called, too
    for place, role in product(places, ("cook", "head of rivers", "ward sister", "project leader", "mum of two")):
        assert set(_speakers(form.format(place=place, role=role, words=WORDS))) <= {None}, (place, role)


@pytest.mark.parametrize("form", OTHERS)
def test_somebody_who_is_only_mentioned_never_speaks(form: str) -> None:
    wrong = []
    for name, other in product(NAMES, MENTIONED):
        clause = form.format(name=name, other=other, words=WORDS)
        if not set(_speakers(clause)) <= {name, None}:
            wrong.append(clause)

    assert not wrong


@pytest.mark.parametrize("form", TOGETHER)
def test_two_who_speak_together_are_not_named(form: str) -> None:
    wrong = []
    for name, other in product(NAMES, MENTIONED):
        clause = form.format(name=name, other=other, words=WORDS)
        if not set(_speakers(clause)) <= {None}:
            wrong.append(clause)

    assert not wrong


@pytest.mark.parametrize("form", FORMS)
def test_a_person_with_a_role_is_named(form: str) -> None:
    clause = form.format(name="Mary Poe", role="head of rivers", organisation="Tarn Council", words=WORDS)

    assert _speakers(clause) == ["Mary Poe"]


@pytest.mark.parametrize(
    "name",
    [
        "Oluwaseun Adebayo-Okafor",
        "Siôn ap Gwilym",
        "Caoimhe Ní Bhriain",
        "Þóra Jónsdóttir",
        "Mohammed bin Rashid",
        "Jean-Pierre de Villiers",
        "Ólafur Ragnarsson",
        "Łukasz Żak",
        "Nasser al-Khelaifi",
        "Kim Min-jun",
        "Ng Wei Ling",
        "Nguyen Thi Lan",
        "Fatou Diop N'Diaye",
        "Sinead O’Connor",
        "Elizabeth Garrett-Anderson",
        "Ken McCullough-O'Neil",
        "LaToya MacDonald",
        "Bo Li",
        "Mo Farrow",
        "J. K. Patel",
        "A. J. Smith-Jones",
        "Kyra X. Adu",
        "Xiaoling Fan",
        "Wes Manning",
        "Sterling Harding",
        "Irving Keating",
        "June March",
        "May Fielding",
        "Dale Park",
        "Rob Banks",
        "Mark Forest",
        "Sandy Mills",
        "Carol Singer",
        "Earl King",
        "Dean Bishop",
        "Chase Hunter",
        "Sarah Western",
        "Peter Street",
        "Ruth Place",
        "Ian Head",
        "Jenny Friend",
        "Clare Lancashire",
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        "{name}, head of rivers at Tarn Council, said: “{words}”",
        "Head of rivers {name} said: “{words}”",
        "“{words}” said {name}, head of rivers at Tarn Council.",
        "Tarn Council's head of rivers, {name}, added: “{words}”",
    ],
)
def test_a_person_beside_a_role_is_named_whatever_the_name(name: str, form: str) -> None:
    assert _speakers(form.format(name=name, words=WORDS)) == [name]


@pytest.mark.parametrize("name", ["Torin Green", "Maelle Bishop", "PJ Low", "Torin Western"])
@pytest.mark.parametrize(
    "form",
    [
        "Chief Constable {name} said: “{words}”",
        "“{words}” said Inspector {name}.",
        "Cllr {name}, leader of Tarn Council, said: “{words}”",
    ],
)
def test_a_rank_or_a_title_shows_what_a_name_is(name: str, form: str) -> None:
    (speaker,) = _speakers(form.format(name=name, words=WORDS))

    assert speaker is not None
    assert speaker.removeprefix("Cllr ") == name


@pytest.mark.parametrize("words", ["Grace Court", "Sergeant at Torin Green", "Age Scotland", "Tarn Street"])
def test_a_place_that_ends_like_a_surname_is_nobody(words: str) -> None:
    assert _speakers(f"People at {words} said: “{WORDS}”") == [None]
