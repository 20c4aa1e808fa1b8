"""A real daemon looks once more right before a post goes out: what changed in the last seconds does not slip through.

Files are looked at every ten seconds, too. So that those looks cannot be what holds a post, each test lets one of them
find a change, and then has all hours come, and all files change, before the next one.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.builders.mailbox import Mailbox
from tests.builders.posts import come_due
from tests.builders.processes import Platforms, Process, done
from tests.builders.workspaces import ARTICLE

Start = Callable[..., Process]

CAMPAIGN = """\
id = "{id}"
title = "Harbour Open Day"
day = {{ name = "Harbour Open Day", date = "{day:%Y-%m-%d}" }}
accounts = ["force-mastodon"]
late = "send"
time_zone = "UTC"
{keys}

[articles]
"""
SLOT = """
[[slot]]
id = "{name}"
when = "12:00"
text = "{name}: {{{{ excerpt.text }}}}"
excerpt = "lead"
article = "{name}"
"""
FAR_AWAY = timedelta(days=3)  # from every hour that a test lets come
SOON = timedelta(seconds=2)
ON_TIME = 5.0  # seconds: the wait for a look and a slow machine, and never the ten to the next look at all files


def plan(workspace: Path, campaign: str, *articles: str, keys: str = "") -> None:
    """Approves a post of each article, with the same words, all of them for the same hour days from now."""
    for name in articles:
        (workspace / f"{name}.md").write_text(ARTICLE)
    day = (datetime.now(UTC) + FAR_AWAY).date()
    listed = "".join(f'{name} = "{name}.md"\n' for name in articles)
    slots = "".join(SLOT.format(name=name) for name in articles)
    (workspace / "campaigns").mkdir(exist_ok=True)
    (workspace / f"campaigns/{campaign}.toml").write_text(
        CAMPAIGN.format(id=campaign, day=day, keys=keys) + listed + slots
    )
    done(workspace, "plan", campaign)
    done(workspace, "approve", "--campaign", campaign, "--yes")


def start_and_wait_for_a_look(workspace: Path, start: Start) -> Process:
    """Starts a daemon, and returns right after it has looked at all files."""
    daemon = start()
    daemon.wait_for("publishing from")
    change(workspace, "other", "Call the harbour", "Ring the harbour")
    daemon.wait_for("the article other.md has changed: removed “Call”, added “Ring”")
    return daemon


def change(workspace: Path, name: str, old: str, new: str) -> None:
    text = (workspace / f"{name}.md").read_text()
    assert old in text
    (workspace / f"{name}.md").write_text(text.replace(old, new))


def told_of(mailbox: Mailbox, title: str) -> str:
    """Waits for the message of this title, whatever else it tells, or another one before it; returns what it says."""
    for number in (1, 2):
        found = [each["body"] for each in mailbox.wait_for(number) if str(each["title"]).startswith(title)]
        if found:
            return str(found[0])
    raise AssertionError(f"only {mailbox.taken}")


def statuses(workspace: Path) -> dict[str, str]:
    return {post["slot"]: post["status"] for post in json.loads(done(workspace, "posts", "--json"))["posts"]}


def test_what_happens_to_a_file_right_before_the_hour_decides_about_its_post(
    told: Path, platforms: Platforms, start: Start, mailbox: Mailbox
) -> None:
    plan(told, "harbour", "edited", "replaced", "deleted", "touched", "left", "other")
    daemon = start_and_wait_for_a_look(told, start)
    doors = ARTICLE.replace("opens the gates of", "opens the doors of")

    hour = datetime.now(UTC) + SOON
    come_due(told, hour, "edited", "replaced", "deleted", "touched", "left")
    (told / "edited.md").write_text(doors)
    (told / "new").write_text(doors)
    (told / "new").rename(told / "replaced.md")
    (told / "deleted.md").unlink()
    (told / "touched.md").touch()

    platforms.wait_for_calls("/api/v1/statuses", 2)
    daemon.wait_for("held: its article was taken away, deleted.md: is missing")
    daemon.wait_for("held: its article has changed, edited.md: removed “gates”, added “doors”")
    daemon.wait_for("held: its article has changed, replaced.md: removed “gates”, added “doors”")
    body = told_of(mailbox, "Redletter: 3 posts wait for a word")
    accepted = platforms.log()["accepted"]
    assert sorted(each["text"].split(":")[0] for each in accepted) == ["left", "touched"]
    assert [each["at"] - hour.timestamp() < ON_TIME for each in accepted] == [True, True]
    assert statuses(told) == {
        "edited": "held",
        "replaced": "held",
        "deleted": "held",
        "touched": "published",
        "left": "published",
        "other": "approved",
    }
    assert "its article has changed, edited.md: removed “gates”, added “doors”" in body
    assert "its article was taken away, deleted.md" in body
    shown = " ".join(done(told, "show", "1").split())
    assert "The Harbour Trust opens the [-gates-] [+doors+] of the old harbour" in shown


def test_what_a_campaign_file_says_right_before_the_hour_counts(
    told: Path, platforms: Platforms, start: Start, mailbox: Mailbox
) -> None:
    plan(told, "open-day", "early", "other")
    plan(told, "careful", "unknown", keys='if_unreachable = "hold"')
    plan(told, "plain", "known")
    daemon = start_and_wait_for_a_look(told, start)
    campaigns = {name: told / f"campaigns/{name}.toml" for name in ("open-day", "careful", "plain")}
    texts = {name: path.read_text() for name, path in campaigns.items()}

    come_due(told, datetime.now(UTC) + SOON, "early", "unknown", "known")
    campaigns["open-day"].write_text(texts["open-day"].replace("title =", 'embargo = "12:00"\ntitle ='))
    campaigns["careful"].write_text(texts["careful"].replace('"Harbour Open Day"\nday', '"Harbour Open Day\nday'))
    (told / "new").write_text(texts["plain"] + "\n# nothing of concern\n")
    (told / "new").rename(campaigns["plain"])

    platforms.wait_for_calls("/api/v1/statuses")
    daemon.wait_for("held: its hour is before the embargo, which ends on ")
    daemon.wait_for("held: its campaign cannot be read, campaigns/careful.toml:2: ")
    body = told_of(mailbox, "Redletter: 2 posts wait for a word")
    assert [text.split(":")[0] for text in platforms.texts()] == ["known"]
    assert statuses(told) == {"early": "held", "unknown": "held", "known": "published", "other": "approved"}
    assert "-> mend its file, then redletter keep " in body
