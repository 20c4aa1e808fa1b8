"""What a person is shown, asked and told once the article of a post is not what it was."""

import pytest

from tests.builders.workspaces import Desk

FILE = "articles/gates.md"
DIFFERENCE = "removed “gates”, added “doors”"
QUOTE = """
[[slot]]
id = "quote"
when = "12:00"
text = "{{ excerpt.quoted }} {{ excerpt.attribution }}"
excerpt = "quote 1"
"""
PRE_ELECTION = 'elected = ["Mira Holt"]\npre_election = "2027-03-15..2027-05-06"\ntitle ='


@pytest.fixture
def approved(planned: Desk) -> Desk:
    planned.done("approve", "--campaign", "harbour", "--yes")
    return planned


@pytest.fixture
def held(approved: Desk) -> Desk:
    """Posts 1 and 2 are held: their article has other words."""
    approved.replace(FILE, "opens the gates of", "opens the doors of")
    approved.done("plan")
    return approved


def _gone(desk: Desk) -> str:
    """Takes the article away; returns its text."""
    text = (desk.folder / FILE).read_text()
    (desk.folder / FILE).unlink()
    desk.type("plan")
    return text


def _needs(desk: Desk) -> list[dict[str, object]]:
    found: list[dict[str, object]] = desk.type("status", "--json").json["troubles"]
    return [each for each in found if each["kind"] == "waiting"]


def test_posts_that_wait_for_one_article_are_one_thing(approved: Desk) -> None:
    _gone(approved)

    (need,) = _needs(approved)
    lines = approved.type("status").lines

    assert (need["posts"], need["post"]) == ([1, 2], None)
    assert str(need["said"]).startswith(
        f"2 posts wait for a word, both of harbour: their article was taken away, {FILE}: is missing"
    )
    below = lines.index(f"  ! {need['said']}") + 1
    assert lines[below : below + 2] == [
        "    post 1: Thu 11 Mar 2027 10:00, press-x, harbour a-week-to-go",
        "    post 2: Thu 11 Mar 2027 10:00, press-bluesky, harbour a-week-to-go",
    ]
    assert "redletter keep 1 2 sends what was approved all the same" in str(need["answer"])
    assert len([line for line in lines if FILE in line]) == 1


def test_once_the_article_is_back_one_command_lets_its_posts_go(approved: Desk) -> None:
    text = _gone(approved)
    approved.write(FILE, text)
    approved.done("plan")

    (need,) = _needs(approved)

    assert need["said"] == f"2 posts wait for a word, both of harbour: their article has its words again, {FILE}"
    assert need["answer"] == "redletter keep 1 2 lets out what was approved; or redletter cancel 1 2"
    approved.done("keep", 1, 2)
    assert _needs(approved) == []
    assert [post["status"] for post in approved.posts()] == ["approved"] * 4


def test_what_a_person_let_go_without_its_article_is_not_asked_about_again(approved: Desk) -> None:
    _gone(approved)

    approved.done("keep", 1, 2, "--yes")

    assert [each["kind"] for each in approved.type("status", "--json").json["troubles"] if FILE in each["said"]] == []


def test_a_note_speaks_of_the_last_change_and_of_no_other(held: Desk) -> None:
    held.replace(FILE, "opens the doors of", "opens the windows of")
    held.done("plan")

    shown = held.done("show", 1).out

    assert "Note: its article has changed, articles/gates.md: removed “gates”, added “windows”" in shown
    assert (shown.count("[+windows+]"), shown.count("[+doors+]")) == (1, 0)

    held.replace(FILE, "opens the windows of", "opens the gates of")
    held.done("plan")

    assert "Note: its article has its words again, articles/gates.md" in held.done("show", 1).out
    assert "[+" not in held.done("show", 1).out


def test_a_word_that_was_given_when_the_words_were_back_is_none_about_a_later_change(held: Desk) -> None:
    held.replace(FILE, "opens the doors of", "opens the gates of")
    held.done("plan")
    held.done("keep", 1)
    held.replace(FILE, "opens the gates of", "opens the doors of")

    held.done("plan")

    assert held.posts()[0]["status"] == "held"


def test_a_post_is_kept_once_its_difference_was_seen(held: Desk) -> None:
    held.interactive = True

    no = held.type("keep", 1, answers="n\n")
    yes = held.done("keep", 1, answers="y\n")

    assert (no.code, held.posts()[0]["status"]) == (1, "approved")
    assert "[-gates-] [+doors+]" in " ".join(yes.out.split())
    assert "Let post 1 go out?" in yes.out
    detail = held.json("show", 1)["history"][-1]["detail"]
    assert detail.startswith("kept although articles/gates.md has changed (sha256 ")
    assert detail.endswith(DIFFERENCE)


def test_a_script_says_yes_to_a_difference(held: Desk) -> None:
    said = held.type("keep", 1)

    assert (said.code, "say --yes" in said.err, held.posts()[0]["status"]) == (1, True, "held")
    held.done("keep", 1, "--yes")


def test_why_a_post_is_held_stands_above_its_sources_and_on_the_page(held: Desk) -> None:
    sources = held.done("show", 1, "--sources").out
    held.done("preview", "--saved", "--html", held.folder / "page.html")

    page = (held.folder / "page.html").read_text()
    assert f"Note: its article has changed, articles/gates.md: {DIFFERENCE}" in sources
    assert "[-gates-] [+doors+]" in " ".join(sources.split())
    assert "<del>gates</del> <ins>doors</ins>" in page
    assert "its article has changed" in page


def test_whoever_approves_sees_what_changed_since(planned: Desk) -> None:
    planned.replace(FILE, "ten years", "eleven years")
    planned.done("approve", 1, "--yes")
    planned.done("reschedule", 1, "+1h")
    planned.replace("campaigns/harbour.toml", 'when = "-7d 10:00"', 'when = "-7d 10:30"')
    planned.replace(FILE, "opens the gates of", "opens the doors of")
    planned.done("plan")
    planned.done("keep", 1, "--yes")
    planned.replace(FILE, "Call the harbour", "Ring the harbour")
    planned.done("plan")

    said = planned.done("approve", 1, "--yes")

    assert "articles/gates.md has changed" in said.out


@pytest.fixture
def quoting(desk: Desk) -> Desk:
    """Posts 5 and 6 quote Mira Holt in the pre-election period, which is written down once they are approved."""
    with (desk.folder / "campaigns/harbour.toml").open("a") as campaign:
        campaign.write(QUOTE)
    desk.done("plan")
    desk.done("approve", "--campaign", "harbour", "--yes")
    desk.replace("campaigns/harbour.toml", "title =", PRE_ELECTION)
    return desk


def test_planning_holds_what_an_elected_person_said_and_says_so_each_time(quoting: Desk) -> None:
    for _ in range(2):
        said = quoting.done("plan")
        assert said.out.count("held for its pre-election period") == 3  # a line for each post, and the count
        assert "post 5: it would go out in the pre-election period (15 March 2027 to 6 May 2027)" in said.out
    assert [post["status"] for post in quoting.posts()] == ["approved"] * 4 + ["held"] * 2


def test_only_who_agreed_lets_it_go_out(quoting: Desk) -> None:
    quoting.done("plan")

    refused = quoting.type("keep", 5, 6)
    quoting.done("keep", 5, "--pre-election", "Jo Bell, returning officer")

    assert "quotes Mira Holt, who is elected" in refused.err
    assert [quoting.json("show", post)["status"] for post in (5, 6)] == ["approved", "held"]
    assert "Jo Bell, returning officer" in quoting.json("show", 5)["history"][-1]["detail"]
    quoting.done("plan")
    assert quoting.json("show", 5)["status"] == "approved"


@pytest.mark.parametrize("words", [["keep", "--all"], ["approve", "--campaign", "harbour"], ["keep", "5"]])
def test_who_agreed_is_said_of_posts_that_are_named(quoting: Desk, words: list[str]) -> None:
    assert quoting.type(*words, "--pre-election", "Jo" if words[1] != "5" else " ").code == 2


def test_of_a_campaign_what_an_elected_person_said_is_left_out_and_said(quoting: Desk) -> None:
    quoting.done("plan")
    quoting.done("keep", 5, "--pre-election", "Jo Bell")
    quoting.done(
        "edit", 5, "--text", "“Come and see what we mend. Bring your children.” Mira Holt, keeper of the harbour!"
    )

    said = quoting.type("approve", "--campaign", "harbour", "--yes")

    assert said.code == 1
    assert "Not approved, for the pre-election period: 1 post." in said.err
    assert 'redletter approve 5 --pre-election "who agreed"' in said.err


def test_an_embargo_is_called_one(approved: Desk) -> None:
    approved.done("hold", "--reason", "mourning")
    approved.replace("campaigns/harbour.toml", "title =", 'embargo = "10:00"\ntitle =')

    planned = approved.type("plan")
    resumed = approved.done("resume", "--keep")

    assert planned.out.count("held for its embargo") >= 2
    assert "article" not in planned.out.split("Why each")[0]
    assert "held meanwhile for their embargo, and not for this hold:" in resumed.out
    assert "posts came due meanwhile" not in resumed.out
    assert "held" in [post["status"] for post in approved.posts()]


def test_another_hour_is_checked_for_the_same_words(planned: Desk) -> None:
    planned.replace(
        "campaigns/harbour.toml", "text = \"Today is {{ day.name }}. {{ hashtags | join(' ') }}\"", 'text = "Today."'
    )
    with (planned.folder / "campaigns/harbour.toml").open("a") as campaign:
        campaign.write('\n[[slot]]\nid = "again"\nwhen = "15:00"\ntext = "Today!"\n')
    planned.done("plan", "--replace")
    ids = {(post["slot"], post["account"]): post["id"] for post in planned.posts()}
    first, again = ids["on-the-day", "press-x"], ids["again", "press-x"]

    said = planned.done("edit", again, "--text", "Today.").out
    planned.done("reschedule", again, "16:00")

    repeat = f"the same text as post {first} for this account"
    assert repeat in said
    assert [repeat in warning for warning in planned.json("show", again)["warnings"]].count(True) == 1


def test_words_in_quotation_marks_that_nobody_said_are_warned_of(planned: Desk) -> None:
    planned.done("edit", 1, "--text", "The gates open. “We were all so happy to see it,” said a visitor.")

    assert any(
        "stands between quotation marks and in no article" in each for each in planned.json("show", 1)["warnings"]
    )


def test_the_trail_is_not_cut_where_the_terminal_is_narrow(approved: Desk) -> None:
    approved.environment["COLUMNS"] = "70"

    lines = approved.done("show", 1, name="a person with a long name").lines

    assert "draft → approved" in "\n".join(lines)
    assert not any(
        "…" in line for line in lines[lines.index(next(each for each in lines if each.startswith("History"))) :]
    )


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("embargo: 2027-03-11 10:01", "embargo until Thursday 11 March 2027, 10:01, by the clocks of the campaign"),
        ("embargo: 2027-03-11T10:01:00+00:00", "embargo until Thursday 11 March 2027, 10:01, UTC"),
    ],
)
def test_an_embargo_that_was_understood_is_said(desk: Desk, head: str, said: str) -> None:
    desk.replace(FILE, "date: 2027-03-01", f"date: 2027-03-01\n{head}")

    assert said in " ".join(desk.done("article", FILE).out.split())


def _under_embargo(desk: Desk, until: str) -> None:
    """Gives the campaign an embargo, which the posts that wait for their changed article learn of."""
    desk.replace("campaigns/harbour.toml", "title =", f'embargo = "{until}"\ntitle =')
    desk.type("plan")


def test_an_embargo_refuses_before_anybody_is_asked_about_a_difference(held: Desk) -> None:
    _under_embargo(held, "2027-03-12 00:01")
    held.interactive = True

    said = held.type("keep", 1, answers="y\n")

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("post 1 is under embargo until Friday 12 March 2027, 00:01")
    assert held.posts()[0]["status"] == "held"


def test_of_a_campaign_only_what_can_be_kept_is_shown_and_asked_about(held: Desk) -> None:
    held.done("reschedule", 2, "2027-03-13 10:00")
    held.done("approve", 2, "--yes")
    held.replace(FILE, "opens the doors of", "opens the windows of")
    _under_embargo(held, "2027-03-12 00:01")
    assert [post["status"] for post in held.posts()] == ["held", "held", "approved", "approved"]
    held.interactive = True

    said = held.type("keep", "--campaign", "harbour", answers="y\n")

    assert said.code == 1
    assert "Let post 2 go out?" in said.out
    assert "post 1" not in said.out.lower()
    assert "Kept: 1 post, by kim. Going out at their hours." in said.lines
    assert "post 1 is under embargo" in said.err
    assert [post["status"] for post in held.posts()] == ["held", "approved", "approved", "approved"]


def test_nothing_is_asked_where_nothing_can_be_kept(held: Desk) -> None:
    _under_embargo(held, "2027-04-12 00:01")
    held.interactive = True

    said = held.type("keep", "--all")

    assert (said.code, said.out) == (1, "")
    assert said.err.count("is under embargo until") == len(held.posts())


def test_alarms_say_once_what_holds_several_posts(held: Desk) -> None:
    checked = held.type("alarms", "--check").lines
    listed = held.done("alarms").lines

    said = f"! 2 posts wait for a word, both of harbour: their article has changed, {FILE}: {DIFFERENCE}"
    posts = [
        "post 1: Thu 11 Mar 2027 10:00, press-x, harbour a-week-to-go",
        "post 2: Thu 11 Mar 2027 10:00, press-bluesky, harbour a-week-to-go",
    ]
    answer = "-> redletter show 1 shows the difference; redletter keep 1 2 leaves the words as they are, "
    at = checked.index(said)
    assert checked[at + 1 : at + 3] == [f"  {post}" for post in posts]
    assert checked[at + 3].startswith(f"  {answer}")
    at = listed.index(f"  {said} (since Mon  1 Mar 2027 12:00)")
    assert listed[at + 1 : at + 3] == [f"    {post}" for post in posts]
    assert [each["post"] for each in held.json("alarms")["alarms"] if each["kind"] == "waiting"] == [1, 2]
