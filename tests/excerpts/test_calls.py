"""Calls to action, whose a number is, and the short forms that an article explains."""

import pytest

from scheduler.articles.document import Document
from scheduler.articles.markdown import read as read_markdown
from scheduler.excerpts import Contact, Link, cut
from tests.builders.articles import make_article

OPENING = "Library opens in Fennick\n\nA library has opened in Fennick after two years of work.\n\n"


@pytest.mark.parametrize(
    ("sentence", "ways"),
    [
        ("Call the police on 101.", (Contact("phone", "101", "police"),)),
        (
            "If you saw anything, please report it anonymously to Crimestoppers on 0800 555 111.",
            (Contact("phone", "0800 555 111", "Crimestoppers"),),
        ),
        ("Anyone with information is asked to ring 101.", (Contact("phone", "101"),)),
        ("To sign up, visit https://fennick.example/join?utm_source=x.", (Link("https://fennick.example/join"),)),
        ("Find out more at www.example.org.", (Link("https://www.example.org"),)),
        ("More information is available from desk@fennick.example.", (Contact("email", "desk@fennick.example"),)),
        ("Find out more: https://fennick.example/more", (Link("https://fennick.example/more", "Find out more"),)),
    ],
)
def test_a_sentence_that_asks_and_says_where_is_a_call(sentence: str, ways: tuple[Contact | Link, ...]) -> None:
    (call,) = cut(make_article(OPENING + sentence)).calls_to_action

    assert (call.text, call.ways) == (sentence, ways)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Call us whenever you like.", "says not where"),
        ("The report is at https://fennick.example/report.", "asks for nothing"),
        ("He called 101 and 999 last week.", "is told, not asked"),
        ("Dr Bo Reed said: “Please call us on 0300 555 0142.”", "is somebody's own words"),
        ("For media enquiries contact Bo Reed on 0300 555 0142.", "is meant for journalists"),
        ("The end.\n\nNotes to editors\n\nCall Bo Reed on 0300 555 0142.", "stands in the notes"),
    ],
)
def test_anything_else_is_none(body: str, reason: str) -> None:
    assert cut(make_article(OPENING + body)).calls_to_action == (), reason


@pytest.mark.parametrize(
    ("body", "labels"),
    [
        ("Call the police on 101, or 999 in an emergency.", {"101": "police", "999": "police"}),
        ("Call Fennick Police on 101. In an emergency, call 999.", {"101": "Fennick Police", "999": None}),
        ("Call the Samaritans on 116 123, or 999.", {"116 123": "Samaritans", "999": None}),
        ("Tell us at www.fennick.example/otters, on 101, or at the gate.", {"101": None}),
        ("Safe Harbour takes reports on 0800 555 0111 and asks for no name.", {"0800 555 0111": "Safe Harbour"}),
        ("The Reed Trust also runs a helpline on 0800 555 0111.", {"0800 555 0111": "Reed Trust"}),
        ("Call Fennick Police on 101.", {"101": "Fennick Police"}),
        ("Ring Crimestoppers anonymously on 0800 555 111.", {"0800 555 111": "Crimestoppers"}),
        ("The Samaritans can be reached free on 116 123.", {"116 123": "Samaritans"}),
        ("Childline is there on 0800 1111 day and night.", {"0800 1111": "Childline"}),
        ("Contact the NSPCC helpline: 0808 800 5000.", {"0808 800 5000": "NSPCC helpline"}),
        ("Press office: 01632 960124", {"01632 960124": "Press office"}),
        ("Tel: 01632 960124", {"01632 960124": None}),
        ("Call the team on 01632 960124.", {"01632 960124": None}),
        ("For help call 0300 555 0142 (Fennick Women’s Aid).", {"0300 555 0142": "Fennick Women’s Aid"}),
        ("For help call 0300 555 0142 (24 hours).", {"0300 555 0142": None}),
        ("Text HELP to 61016 or forward the message to 7726.", {"61016": None, "7726": None}),
        ("With a text relay, dial 18001 101.", {"18001 101": None}),
        ("Email Ada Finch at ada@fennick.example.", {"ada@fennick.example": "Ada Finch"}),
        ("Call 101. Later, Crimestoppers on 0800 555 111 helps.", {"101": None, "0800 555 111": "Crimestoppers"}),
        ("Call 0800 555 111.\n\nCall Crimestoppers on 0800 555 111.", {"0800 555 111": "Crimestoppers"}),
    ],
)
def test_a_contact_has_the_name_that_the_words_around_give_it(body: str, labels: dict[str, str | None]) -> None:
    assert {contact.value: contact.label for contact in cut(make_article(OPENING + body)).contacts} == labels


@pytest.mark.parametrize(
    "address",
    [
        "https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Ffennick.example",
        "https://twitter.com/share?url=https%3A%2F%2Ffennick.example",
        "https://x.com/intent/post?text=hello",
        "https://www.linkedin.com/shareArticle?url=x",
        "https://api.whatsapp.com/send?text=x",
    ],
)
def test_a_button_that_shares_the_page_is_no_link(address: str) -> None:
    links = cut(make_article(f"{OPENING}Share: {address}\n\nFollow us: https://x.com/FennickPolice")).links

    assert [link.url for link in links] == ["https://x.com/FennickPolice"]


@pytest.mark.parametrize("label", ["Unsubscribe", "View in browser", "View this email in your browser"])
def test_what_only_serves_a_newsletters_readers_is_no_link(label: str) -> None:
    mail = f"# Hall opens\n\nThe hall in Fennick is open again after two years.\n\n[{label}](https://m.example/v/1)\n"

    assert cut(read_markdown(Document("mail.md", mail.encode()))).links == ()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Child Sexual Exploitation (CSE) is a crime.", ("CSE", "Child Sexual Exploitation")),
        ("CSE (Child Sexual Exploitation) is a crime.", ("CSE", "Child Sexual Exploitation")),
        ("Cases of domestic abuse (DA) rose.", ("DA", "domestic abuse")),
        ("The Police and Crime Commissioner (PCC) came.", ("PCC", "Police and Crime Commissioner")),
        ("HM Revenue and Customs (HMRC) helped.", ("HMRC", "HM Revenue and Customs")),
        ("Multi-Agency Safeguarding Hubs (MASHs) met.", ("MASH", "Multi-Agency Safeguarding Hubs")),
        (
            "The Society for the Protection of Old Books (“SPOB”) met.",
            ("SPOB", "Society for the Protection of Old Books"),
        ),
        ("Fennick Council (the council) met.", None),
        ("The library (CLOSED) is near Fennick.", None),
        ("It is run by Reed Trust (RNLI) staff.", None),
        ("Ada Finch (A) spoke.", None),
        ("Doors open early (UK) and late.", None),
    ],
)
def test_a_short_form_is_explained_by_words_that_spell_it(words: str, found: tuple[str, str] | None) -> None:
    acronyms = cut(make_article(OPENING + words)).acronyms

    assert [(each.short, each.expansion) for each in acronyms] == ([found] if found else [])
