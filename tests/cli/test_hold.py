"""`redletter hold` and `redletter resume`."""

import pytest

from tests.builders.workspaces import Desk


@pytest.mark.parametrize(
    ("options", "held"),
    [
        ([], {"scope": "all", "name": ""}),
        (["--account", "press-x"], {"scope": "account", "name": "press-x"}),
        (["--campaign", "harbour"], {"scope": "campaign", "name": "harbour"}),
    ],
)
def test_what_is_held_is_seen_by_everybody_until_it_is_resumed(
    planned: Desk, options: list[str], held: dict[str, str]
) -> None:
    planned.done("hold", *options, "--reason", "a storm", name="sam")

    (hold,) = planned.json("status")["holds"]
    assert hold.items() >= {**held, "reason": "a storm", "held_by": "sam"}.items()
    assert "a storm" in planned.done("status").out

    planned.done("resume", *options)

    assert planned.json("status")["holds"] == []


def test_what_is_held_does_not_go_out(planned: Desk) -> None:
    planned.done("approve", "--campaign", "harbour", "--yes")
    planned.done("hold", "--account", "press-x", "--reason", "a storm")

    planned.done("run", "--speed", 3600, "--start", "2027-03-18 08:30", "--until-done")

    out = {post["account"] for post in planned.posts() if post["status"] == "published"}
    assert out == {"press-bluesky"}


def test_a_hold_needs_a_reason(planned: Desk) -> None:
    assert planned.type("hold").code == 2
    assert planned.type("hold", "--reason", " ").code == 2
    assert planned.json("status")["holds"] == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--account", "press-y"], 'unknown account "press-y"; did you mean "press-x"?'),
        (["--campaign", "harber"], 'unknown campaign "harber"; did you mean "harbour"?'),
    ],
)
def test_an_unknown_name_gets_a_guess(planned: Desk, options: list[str], expected: str) -> None:
    for command in (["hold", "--reason", "a storm"], ["resume"]):
        said = planned.type(*command, *options)

        assert (said.code, said.err.strip()) == (1, expected)


def test_the_same_cannot_be_held_twice(planned: Desk) -> None:
    planned.done("hold", "--reason", "a storm", name="sam")

    said = planned.type("hold", "--reason", "another")

    assert (said.code, said.err) == (1, "everything is held already, by sam: a storm\n")


def test_what_is_not_held_cannot_be_resumed(planned: Desk) -> None:
    planned.done("hold", "--account", "press-x", "--reason", "a storm")

    said = planned.type("resume")

    assert (said.code, said.err) == (1, "everything is not held; held: account press-x\n")


def test_an_account_that_is_gone_from_the_config_can_still_be_resumed(planned: Desk) -> None:
    planned.done("hold", "--account", "press-x", "--reason", "a storm")
    planned.replace("config.toml", "[accounts.press-x]", "[accounts.other]")

    planned.done("resume", "--account", "press-x")


def test_a_campaign_in_the_book_is_held_although_its_file_is_broken(planned: Desk) -> None:
    planned.write("campaigns/harbour.toml", "id = ")

    planned.done("hold", "--campaign", "harbour", "--reason", "a storm")


def test_one_scope_at_a_time(planned: Desk) -> None:
    assert planned.type("resume", "--account", "press-x", "--campaign", "harbour").code == 2
