"""Calendar files that commands write: awareness days, and a campaign's own posts."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar.cal import Component

from tests.builders.ics import checked, events_of, shown_between
from tests.builders.processes import redletter
from tests.builders.workspaces import CAMPAIGN, Desk

LONDON = ZoneInfo("Europe/London")


def posts_of(desk: Desk, *options: object) -> dict[str, Component]:
    """Returns the events of the posts in the book, by their summaries."""
    read = events_of(exported(desk, "posts", *options))
    return {str(event["SUMMARY"]): event for event in read.values()}


def exported(desk: Desk, *words: object) -> bytes:
    target = desk.folder.parent / "out.ics"
    desk.done(*words, "--ics", target)
    return target.read_bytes()


def uids(events: Mapping[str, Component]) -> dict[str, str]:
    return {summary: str(event["UID"]) for summary, event in events.items()}


def test_the_schedule_of_a_campaign_has_each_post_at_its_hour(planned: Desk) -> None:
    planned.done("approve", 1, "--yes")

    events = posts_of(planned, "harbour")

    assert {summary: event["DTSTART"].dt for summary, event in events.items()} == {
        "press-x: Harbour Open Day / a-week-to-go": datetime(2027, 3, 11, 10, tzinfo=UTC),
        "press-bluesky: Harbour Open Day / a-week-to-go": datetime(2027, 3, 11, 10, tzinfo=UTC),
        "press-x: Harbour Open Day / on-the-day": datetime(2027, 3, 18, 9, tzinfo=UTC),
        "press-bluesky: Harbour Open Day / on-the-day": datetime(2027, 3, 18, 9, tzinfo=UTC),
    }
    approved = events["press-x: Harbour Open Day / a-week-to-go"]
    assert str(approved["STATUS"]) == "CONFIRMED"
    assert approved.categories == ["Harbour Open Day", "approved"]
    assert str(approved["DESCRIPTION"]).split("\n") == [
        "The Harbour Trust opens the gates of the old harbour to everyone on Thursday 18 March. https://harbour.example/news/gates",
        "",
        "Status: approved (post 1, version 2)",
        "Hour: Thursday 11 March 2027, 10:00 GMT (Europe/London)",
        "Account: press-x on X (outbox)",
        "Campaign: Harbour Open Day (harbour 2027), slot a-week-to-go",
    ]
    drafts = [event for event in events.values() if event is not approved]
    assert {str(event["STATUS"]) for event in drafts} == {"TENTATIVE"}


def test_the_file_bears_the_name_of_its_campaign(planned: Desk) -> None:
    assert b"X-WR-CALNAME:Posts: Harbour Open Day 2027\r\n" in exported(planned, "posts")


def test_the_posts_can_be_narrowed(planned: Desk) -> None:
    planned.done("approve", 1, "--yes")

    assert len(posts_of(planned, "--account", "press-x")) == 2
    assert list(posts_of(planned, "--status", "approved")) == ["press-x: Harbour Open Day / a-week-to-go"]


def test_the_same_book_gives_the_same_bytes(planned: Desk) -> None:
    first = exported(planned, "posts")
    planned.now += timedelta(days=1)

    assert exported(planned, "posts") == first


def test_standard_output_gets_the_very_bytes(planned: Desk) -> None:
    command = [sys.executable, "-m", "scheduler", "--workspace", str(planned.folder), "posts", "--ics", "-"]

    ended = subprocess.run(command, capture_output=True, check=True)

    assert ended.stdout == exported(planned, "posts")
    assert ended.stderr == b"4 posts in the calendar\n"


def test_a_post_with_another_hour_and_other_words_replaces_the_one_before(planned: Desk) -> None:
    before = posts_of(planned)
    planned.now += timedelta(minutes=1)
    planned.done("reschedule", 3, "2027-03-18 11:30")
    planned.now += timedelta(minutes=1)
    planned.done("edit", 3, "--text", "Today, the gates are open.")

    after = posts_of(planned)

    moved = "press-x: Harbour Open Day / on-the-day"
    assert uids(after) == uids(before)
    assert after[moved]["DTSTART"].dt == datetime(2027, 3, 18, 11, 30, tzinfo=UTC)
    assert str(after[moved]["DESCRIPTION"]).startswith("Today, the gates are open.\n")
    assert int(after[moved]["SEQUENCE"]) > int(before[moved]["SEQUENCE"])
    assert after[moved]["DTSTAMP"].dt == after[moved]["LAST-MODIFIED"].dt == planned.now
    unmoved = {summary: event.to_ical() for summary, event in after.items() if summary != moved}
    assert unmoved == {summary: event.to_ical() for summary, event in before.items() if summary != moved}


def test_a_post_whose_article_had_a_typo_stays_the_same_event(desk: Desk) -> None:
    quotes = 'id = "quotes"\nwhen = "09:00"\nevery = "30m"\nexcerpt = "quotes"\ntext = "{{ excerpt.text }}"\n'
    desk.write("campaigns/harbour.toml", CAMPAIGN.split("[[slot]]", maxsplit=1)[0] + f"[[slot]]\n{quotes}")
    desk.done("plan")
    before = events_of(exported(desk, "posts"))
    desk.replace("articles/gates.md", "what we mend", "all that we mend")
    desk.now += timedelta(minutes=1)
    desk.done("plan")

    after = events_of(exported(desk, "posts"))

    assert len(before) == 4
    assert after.keys() == before.keys()
    mended = [uid for uid, event in after.items() if "all that we mend" in str(event["DESCRIPTION"])]
    assert len(mended) == 2
    assert all(int(after[uid]["SEQUENCE"]) > int(before[uid]["SEQUENCE"]) for uid in mended)


def test_a_campaign_with_another_title_changes_its_events(planned: Desk) -> None:
    before = posts_of(planned)
    planned.replace("campaigns/harbour.toml", 'title = "Harbour Open Day"', 'title = "Open Harbour"')
    planned.now += timedelta(minutes=1)
    planned.done("plan")

    after = posts_of(planned)

    assert sorted(uids(after).values()) == sorted(uids(before).values())
    assert all("Open Harbour" in summary for summary in after)
    assert {event["LAST-MODIFIED"].dt for event in after.values()} == {planned.now}


def test_posts_that_will_not_go_out_are_cancelled_under_the_same_identity(planned: Desk) -> None:
    before = posts_of(planned)
    planned.done("approve", 1, "--yes")
    planned.done("cancel", 1)
    planned.done("reject", 2)

    after = posts_of(planned)

    assert uids(after) == uids(before)
    assert [str(event["STATUS"]) for event in after.values()].count("CANCELLED") == 2
    assert str(after["press-x: Harbour Open Day / a-week-to-go"]["STATUS"]) == "CANCELLED"


def test_a_post_that_is_out_leads_to_it(planned: Desk) -> None:
    planned.done("approve", 3, "--yes")
    planned.now = datetime(2027, 3, 18, 8, 59, 59, tzinfo=UTC)
    planned.done("run", "--until-done", "--speed", 3600)

    event = posts_of(planned)["press-x: Harbour Open Day / on-the-day"]

    assert str(event["STATUS"]) == "CONFIRMED"
    assert "\nStatus: published" in str(event["DESCRIPTION"])
    assert "\nOut: " in str(event["DESCRIPTION"])


def test_words_under_embargo_are_private(desk: Desk) -> None:
    desk.replace("campaigns/harbour.toml", "years = [2027]", 'years = [2027]\nembargo = "2027-03-11 09:00"')
    desk.done("plan")

    events = posts_of(desk)

    assert {str(event["CLASS"]) for event in events.values()} == {"PRIVATE"}
    assert all("\nEmbargo until Thu 11 Mar 09:00" in str(event["DESCRIPTION"]) for event in events.values())


def test_a_thread_and_every_sign_in_it_are_read_back_whole(desk: Desk) -> None:
    desk.done("plan")
    text = "Gates, doors; keys \\ “locks” 🚢\nשער פתוח\n\nC:\\new\\nothing"
    desk.done("edit", 3, "--text", text)

    event = posts_of(desk)["press-x: Harbour Open Day / on-the-day"]

    assert str(event["DESCRIPTION"]).startswith(f"{text}\n\nStatus: ")


# So many days from the Sunday on which the clocks change, on both sides of the hour that is skipped or comes twice.
MOMENTS = [("-3d ", "09:00"), ("-1d ", "23:45"), ("", "00:30"), ("", "03:15"), ("+1d ", "09:00")]
SUNDAYS = {"spring": date(2027, 3, 28), "autumn": date(2027, 10, 31)}


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "Europe/London"])
def test_hours_are_right_across_both_clock_changes_wherever_the_machine_is(desk: Desk, zone: str) -> None:
    head = CAMPAIGN.split("[[slot]]", maxsplit=1)[0]
    slots = [
        f'[[slot]]\nid = "slot-{number}"\nwhen = "{days}{hour}"\ntext = "{number}: we are open."\n'
        for number, (days, hour) in enumerate(MOMENTS)
    ]
    for name, sunday in SUNDAYS.items():
        keys = head.replace('"harbour"', f'"{name}"').replace("18 march", f"{sunday.day} {sunday:%B}".lower())
        desk.write(f"campaigns/{name}.toml", keys + "".join(slots))
    (desk.folder / "campaigns/harbour.toml").unlink()
    desk.done("plan")
    target = desk.folder / "posts.ics"

    process = redletter(desk.folder, "posts", "--ics", str(target), environment={"TZ": zone})
    assert process.wait() == 0, process.output

    wanted = [
        datetime.combine(sunday + timedelta(days=int(days.rstrip("d ") or 0)), time.fromisoformat(hour), LONDON)
        for sunday in SUNDAYS.values()
        for days, hour in MOMENTS
    ]
    shown = shown_between(checked(target.read_bytes()), date(2027, 3, 1), date(2027, 11, 30))
    assert sorted(event["DTSTART"].dt for event in shown) == sorted([*wanted, *wanted])  # of two accounts
    for event in shown:
        local = event["DTSTART"].dt.astimezone(LONDON)
        said = f"\nHour: {local:%A} {local.day} {local:%B %Y, %H:%M %Z} (Europe/London)\n"
        assert said in str(event["DESCRIPTION"])


def test_a_preview_becomes_a_file_of_the_same_events_that_planning_makes(desk: Desk) -> None:
    before = desk.files()
    previewed = events_of(exported(desk, "preview"))
    assert desk.files() == before
    desk.now += timedelta(minutes=1)
    desk.done("plan")

    planned = events_of(exported(desk, "posts"))

    assert previewed.keys() == planned.keys()
    for uid, event in planned.items():
        assert event["DTSTART"].dt == previewed[uid]["DTSTART"].dt
        assert int(event["SEQUENCE"]) > int(previewed[uid]["SEQUENCE"])
    assert all("\nStatus: not planned yet\n" in str(event["DESCRIPTION"]) for event in previewed.values())


def test_a_preview_with_problems_writes_what_can_be_made_and_says_the_rest(desk: Desk) -> None:
    desk.write("campaigns/broken.toml", CAMPAIGN.replace('"harbour"', '"broken"').replace("press-x", "press-y"))
    target = desk.folder / "preview.ics"

    said = desk.type("preview", "--ics", target)

    assert said.code == 1
    assert 'unknown account "press-y"' in said.err
    assert len(events_of(target.read_bytes())) >= 4


def test_what_is_there_already_is_replaced_only_where_it_is_such_a_file(planned: Desk) -> None:
    target = planned.write("posts.ics", b"")  # as mktemp makes it
    target.chmod(0o640)
    planned.done("posts", "--ics", target)
    first = target.read_bytes()
    planned.done("reject", 1)

    planned.done("posts", "--ics", target)

    assert target.read_bytes() != first
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    said = planned.type("posts", "--ics", planned.folder / "config.toml")
    assert said.code == 1
    assert said.err.endswith("config.toml is there and is no calendar file that Redletter made; give another name\n")


def test_a_link_goes_on_leading_to_the_file(planned: Desk) -> None:
    (planned.folder / "link.ics").symlink_to(planned.folder / "posts.ics")

    planned.done("posts", "--ics", planned.folder / "link.ics")

    assert (planned.folder / "link.ics").is_symlink()
    assert len(events_of((planned.folder / "posts.ics").read_bytes())) == 4


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("nowhere/posts.ics", "nowhere: there is no such folder; make it first, or name another"),
        (".", "is no file; name one"),
        ("n" * 300, "cannot be written: File name too long"),
    ],
)
def test_where_nothing_can_be_written_one_sentence_says_so(planned: Desk, target: str, says: str) -> None:
    before = planned.files()

    said = planned.type("posts", "--ics", planned.folder / target)

    assert said.code == 1
    assert said.err.rstrip().endswith(says)
    assert len(said.err.splitlines()) == 1
    assert planned.files() == before


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_a_full_disk_leaves_the_file_as_it_was(planned: Desk, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    target = planned.folder / "posts.ics"
    planned.done("posts", "--ics", target)
    planned.done("reject", 1)
    before = planned.files()

    def no_space(path: Path, content: object) -> None:
        if step == "write_bytes":
            path.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, step, no_space)
    said = planned.type("posts", "--ics", target)

    monkeypatch.undo()
    assert said.code == 1
    assert said.err == f"{target} cannot be written: No space left on device\n"
    assert planned.files() == before


def test_a_calendar_without_an_event_is_not_written(planned: Desk) -> None:
    target = planned.folder / "posts.ics"

    said = planned.type("posts", "--status", "failed", "--ics", target)

    assert said.code == 1
    assert said.err == f"there are no such posts; nothing was written to {target}\n"
    assert not target.exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("posts", "--json"), "--ics and --json are two forms of one list: choose one"),
        (("days", "--json"), "--ics and --json are two forms of one list: choose one"),
        (("preview", "--json"), "--html, --ics and --json are forms of one preview: choose one"),
        (("preview", "--saved"), "what is in the book becomes a calendar file with: redletter posts --ics FILE"),
    ],
)
def test_forms_that_exclude_each_other_are_refused(planned: Desk, words: tuple[str, ...], says: str) -> None:
    said = planned.type(*words, "--ics", "-")

    assert said.code == 2
    assert says in said.err


OWN_DAYS = """
[[day]]
id = "harbour-week"
name = "Harbour Week"
topics = ["safety"]
dates.2027 = "2027-06-07..2027-06-11"

[[day]]
id = "boat-day"
name = "Boat Day"
rule = "18 june"
"""


def days_of(desk: Desk, *words: object) -> dict[str, Component]:
    return events_of(exported(desk, "days", *words))


def test_days_of_this_year_and_the_next_are_written_without_options(desk: Desk) -> None:
    desk.write("days.toml", OWN_DAYS)

    events = days_of(desk)

    spans = [(event["DTSTART"].dt, event["DTEND"].dt - timedelta(days=1)) for event in events.values()]
    assert {start.year for start, _ in spans} == {2027, 2028}
    assert {"boat-day-2027@redletter", "boat-day-2028@redletter", "harbour-week-2027@redletter"} <= events.keys()
    assert "harbour-week-2028@redletter" not in events  # not announced


def test_the_command_says_how_many_dates_are_not_announced(desk: Desk) -> None:
    desk.write("days.toml", OWN_DAYS)
    target = desk.folder / "days.ics"

    said = desk.done("days", "harbour week", "--ics", target)

    assert said.out == ""
    assert said.err == f"1 awareness day in the calendar file {target}; 1 date not announced yet and left out\n"


@pytest.mark.parametrize(
    ("words", "days"),
    [
        (("--year", 2029, "boat"), {"boat-day-2029"}),
        (("--from", "2027-06-01", "--to", "2027-06-18", "--topic", "safety", "harbour"), {"harbour-week-2027"}),
        (("--month", "june", "--year", 2030, "boat day"), {"boat-day-2030"}),
        (("boat",), {"boat-day-2027", "boat-day-2028"}),
    ],
)
def test_the_filters_of_the_list_are_those_of_the_file(desk: Desk, words: tuple[object, ...], days: set[str]) -> None:
    desk.write("days.toml", OWN_DAYS)

    assert {uid.removesuffix("@redletter") for uid in days_of(desk, *words)} == days


def test_a_day_that_moved_or_was_called_off_replaces_its_event(desk: Desk) -> None:
    own = desk.write("days.toml", OWN_DAYS)
    before = days_of(desk, "--year", 2027)
    later = own.stat().st_mtime + 60
    desk.replace("days.toml", "2027-06-07..2027-06-11", "2027-06-14..2027-06-18")
    desk.replace("days.toml", "18 june", '18 june"\ndates.2027 = "did not take place')
    os.utime(own, (later, later))

    after = days_of(desk, "--year", 2027)

    assert after.keys() == before.keys()
    week, boat = (after[f"{each}-2027@redletter"] for each in ("harbour-week", "boat-day"))
    assert week["DTSTART"].dt == date(2027, 6, 14)
    assert str(boat["STATUS"]) == "CANCELLED"
    assert boat["DTSTART"].dt == date(2027, 6, 18)
    assert all(int(after[uid]["SEQUENCE"]) > int(before[uid]["SEQUENCE"]) for uid in after)


def test_what_is_called_off_outside_the_days_that_are_asked_for_is_not_written(desk: Desk) -> None:
    desk.write("days.toml", OWN_DAYS.replace("18 june", '18 june"\ndates.2027 = "did not take place'))

    june = days_of(desk, "--from", "2027-06-01", "--to", "2027-06-16")

    assert "harbour-week-2027@redletter" in june
    assert "boat-day-2027@redletter" not in june
    assert "boat-day-2027@redletter" in days_of(desk, "--from", "2027-06-17", "--to", "2027-06-19")


def test_the_same_days_give_the_same_bytes_in_any_zone_and_without_a_workspace(desk: Desk, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scheduler", "days", "--year", "2027", "--ics", "-"]
    top = Path(__file__).parents[2]

    written = [
        subprocess.run(
            command,
            cwd=tmp_path,
            capture_output=True,
            check=True,
            env={**os.environ, "TZ": zone, "PYTHONPATH": str(top)},
        ).stdout
        for zone in ("America/New_York", "Asia/Kolkata", "Pacific/Kiritimati")
    ]

    assert len(set(written)) == 1
    assert len(events_of(written[0])) > 100
    assert exported(desk, "days", "--year", 2027) == written[0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("harbuor weke",), "Harbour Week"),  # what merely comes near is nobody's wish
        (("--year", 2028, "harbour week"), "there are no such days; 1 date not announced yet and left out"),
        (("xyzzy",), "there are no such days; nothing was written to"),
    ],
)
def test_where_no_day_is_found_for_sure_nothing_is_written(desk: Desk, words: tuple[object, ...], says: str) -> None:
    desk.write("days.toml", OWN_DAYS)
    target = desk.folder / "days.ics"

    said = desk.type("days", *words, "--ics", target)

    assert said.code == 1
    assert says in said.err
    assert "othing was written to" in said.err
    assert not target.exists()
