"""The main job, end to end: a press release and a campaign file become posts on every platform, once."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.builders.processes import Platforms, done

RELEASE = """```yaml
area: Northshire
og:
  title: Northshire Police opens its doors for Harbour Safety Day
  url: https://northshire-police.example/news/harbour-safety-day?a=1&amp;b=2
title: Northshire Police opens its doors for Harbour Safety Day | Northshire Police
```

13:30 17/03/2027

We are opening the marine unit's boathouse to show every family how to keep safe by the water.

One in three people who got into difficulty last year had not planned to be in the water at all.

Chief Inspector Ines Calder said: "Cold water takes your breath before you can call for help.

"Float on your back, and wait until you can breathe. Then shout."

Further information can be found on the harbour office's website https://harbour.example/safety/
"""

PARTNER = """18/03/2027

Harbour office and council stand together on Harbour Safety Day

The harbour office has put forty new throw lines along the quay, one every hundred metres.

Harbour Master Ravi Dunmore said: “A throw line is useless when nobody knows how to throw it.

“Come and learn. It takes five minutes.”

Council leader Helen Marsh said: “Every child in the town will learn to float this summer.”

Float to live: https://float.example/live?utm_source=release
Throw lines: https://harbour.example/lines
"""


def _campaign(day: str) -> str:
    return f"""
id       = "harbour-safety"
title    = "Harbour Safety Day"
day      = {{ name = "Harbour Safety Day", date = "{day}" }}
accounts = ["force-x", "force-mastodon", "force-bluesky", "outbox"]
hashtags = ["HarbourSafety{{yy}}"]
support  = [{{ name = "Coastguard", phone = "999" }}]

[articles]
release = "articles/release.md"
partner = "articles/partner.txt"

[[slot]]
id       = "a-week-before"
when     = "-7d 10:00"
template = "announcement"
excerpt  = "lead"

[[slot]]
id       = "on-the-day"
when     = "09:00"
template = "quote"
excerpt  = "quote by Calder"

[[slot]]
id       = "voices"
when     = "11:00"
article  = "partner"
template = "quote"
excerpt  = "quotes"
every    = "90m"
until    = "17:00"

[[slot]]
id       = "thank-you"
when     = "+1d 12:00"
article  = "partner"
text     = "Thank you to everyone who came. {{{{ link }}}}"
"""


def test_a_press_release_becomes_posts_on_every_platform_once(workspace: Path, platforms: Platforms) -> None:
    for folder, name, text in (
        ("articles", "release.md", RELEASE),
        ("articles", "partner.txt", PARTNER),
        ("campaigns", "harbour.toml", _campaign(f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}")),
    ):
        (workspace / folder).mkdir(exist_ok=True)
        (workspace / folder / name).write_text(text, encoding="utf-8")

    done(workspace, "check")
    previewed = json.loads(done(workspace, "preview", "--json"))["posts"]
    nothing_yet = platforms.texts(), (workspace / "book.db").exists()
    done(workspace, "plan")
    done(workspace, "plan")
    done(workspace, "approve", "--campaign", "harbour-safety", "--yes", "--as", "Sam Okoro")
    done(workspace, "run", "--speed", "3600", "--until-done")
    done(workspace, "run", "--speed", "3600", "--until-done", "--start", "2040-01-01 09:00")
    posts = json.loads(done(workspace, "posts", "--json"))["posts"]

    assert nothing_yet == ([], False)
    assert len(previewed) == len(posts) == 5 * 4
    assert {post["status"] for post in posts} == {"published"}
    assert all(post["receipts"] for post in posts)
    sent = [post["parts"][0]["text"] for post in previewed if post["account"] != "outbox"]
    assert Counter(platforms.texts()) == Counter(sent)
    assert len(list((workspace / "outbox" / "outbox").glob("*.json"))) == 5
    mastodon = platforms.texts("mastodon")
    assert "“Cold water takes your breath before you can call for help." in mastodon[1]
    assert "Chief Inspector Ines Calder" in mastodon[1]
    assert "https://northshire-police.example/news/harbour-safety-day?a=1&b=2" in mastodon[0]
    assert mastodon[-1] == "Thank you to everyone who came. https://float.example/live"
    assert done(workspace, "status").count("Nothing needs a person") == 1
