"""The hours of a campaign are those on its own walls, over both clock changes, wherever the machine believes to be."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders.workspaces import Desk

CAMPAIGN = """\
id = "{month}"
title = "Harbour Week"
day = {{ name = "Harbour Week", date = "{first}", days = 7 }}
accounts = ["press-x"]
articles = {{ release = "articles/gates.md" }}

[[slot]]
id = "daily"
when = "each day 01:30"
expires = "23:00"
text = "{{{{ slot.weekday }}}} at {{{{ slot.time }}}}."

[[slot]]
id = "weekdays"
when = "each weekday 09:00"
text = "Day {{{{ day.number }}}}: {{{{ slot.date }}}}."

[[slot]]
id = "quotes"
when = "+6d 00:30"
excerpt = "quotes"
every = "1h"
until = "02:45"
text = "{{{{ excerpt.quoted }}}}"
"""
MACHINES = ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]


@pytest.fixture
def workspace(desk: Desk) -> Path:
    (desk.folder / "campaigns" / "harbour.toml").unlink()
    desk.write("campaigns/march.toml", CAMPAIGN.format(month="march", first="22 march"))
    desk.write("campaigns/october.toml", CAMPAIGN.format(month="october", first="25 october"))
    return desk.folder


def on(machine: str, workspace: Path, *words: str) -> str:
    command = [sys.executable, "-m", "scheduler", "--workspace", str(workspace), *words]
    done = subprocess.run(command, env=os.environ | {"TZ": machine}, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return done.stdout


def test_every_machine_drafts_the_same_hours(workspace: Path) -> None:
    outputs = [on(machine, workspace, "preview", "--year", "2027", "--json") for machine in MACHINES]

    posts = json.loads(outputs[0])["posts"]
    of_march = [post["scheduled_at"] for post in posts if post["campaign"] == "march"]
    of_october = [post["scheduled_at"] for post in posts if post["campaign"] == "october"]
    assert len(set(outputs)) == 1
    assert of_march[5:9] == [
        "2027-03-27T01:30:00+00:00",
        "2027-03-28T02:30:00+01:00",
        "2027-03-22T09:00:00+00:00",
        "2027-03-23T09:00:00+00:00",
    ]
    assert of_march[-2:] == ["2027-03-28T00:30:00+00:00", "2027-03-28T02:30:00+01:00"]
    assert of_october[5:8] == [
        "2027-10-30T01:30:00+01:00",
        "2027-10-31T01:30:00+01:00",
        "2027-10-25T09:00:00+01:00",
    ]
    assert of_october[-2:] == ["2027-10-31T00:30:00+01:00", "2027-10-31T01:30:00+01:00"]
    assert [warning for post in posts for warning in post["warnings"] if "clocks" in warning] == [
        "the clocks go forward: there is no 01:30 on 28 March 2027; moved to 02:30",
        "the clocks go back: 01:30 comes twice on 31 October 2027; the first is meant",
    ]


def test_every_machine_rehearses_the_same_day_of_a_clock_change(workspace: Path) -> None:
    words = ("rehearse", "--from", "2027-10-31", "--to", "2027-10-31", "--json")
    outputs = {on(machine, workspace, *words) for machine in MACHINES[1::2]}

    assert len(outputs) == 1
    assert len(json.loads(outputs.pop())["posts"]) == 3
