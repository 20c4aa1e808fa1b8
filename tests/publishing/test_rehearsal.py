"""A rehearsal: real publisher, throw-away book, a clock that leaps, and nobody is called."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduler.config import Account, Publishing, Secret
from scheduler.drafting.draft import Draft
from scheduler.errors import Problem
from scheduler.platforms.contract import Adapter
from scheduler.posts.book import Book
from scheduler.posts.queries import find_posts
from scheduler.posts.status import PostStatus
from scheduler.posts.tables import Hold
from scheduler.publishing.foreseen import Foreseen, Surroundings, foresee
from scheduler.publishing.hold_file import HELD_BY
from scheduler.publishing.rehearsal import Rehearsed, Role, cast, rehearse
from tests.builders.platforms import make_adapter
from tests.builders.posts import NOON, get, make_draft, make_post, moved_to, posts_in
from tests.builders.publishing import FakeAdapter

NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens


def rehearsed(*roles: Role, adapters: Mapping[str, Adapter] | None = None) -> list[Rehearsed]:
    return rehearse(roles, adapters or {"force-x": FakeAdapter()}, Publishing())


def drafted(*drafts: Draft, **options: Any) -> list[Rehearsed]:
    return rehearsed(*(Role(None, draft) for draft in drafts), **options)


def foreseen(posts: list[Rehearsed], **around: Any) -> list[Foreseen]:
    return foresee(posts, Surroundings(**{"accounts": accounts("force-x")} | around))


def accounts(*names: str, **secrets: Secret) -> dict[str, Account]:
    return {name: Account(name, "x", secrets=secrets) for name in names}


def kinds(found: list[Foreseen]) -> list[str]:
    return [each.kind for each in found]


def test_every_post_goes_out_at_its_hour_without_waiting_for_it() -> None:
    later = make_draft("Later.", slot="later", scheduled_at=NOON + timedelta(days=500))

    one, other = drafted(later, make_draft("Now."))

    assert (one.post.message.parts[0].text, other.post.message.parts[0].text) == ("Now.", "Later.")
    assert [call.at.replace(microsecond=0) for call in (*one.calls, *other.calls)] == [NOON, later.scheduled_at]
    assert one.went_out
    assert other.went_out


def test_nothing_is_sent_and_nothing_is_asked() -> None:
    adapter = FakeAdapter()

    drafted(make_draft(), adapters={"force-x": adapter})

    assert adapter.sent == []


@pytest.mark.parametrize("platform", ["mastodon", "bluesky", "x"])
def test_platforms_that_cannot_be_reached_and_secrets_that_are_not_there_do_not_matter(
    tmp_path: Path, platform: str
) -> None:
    adapter = make_adapter(platform, tmp_path, NOWHERE)
    for secret in tmp_path.iterdir():
        secret.unlink()

    (one,) = drafted(make_draft("Look out."), adapters={"force-x": adapter})

    (call,) = one.calls
    assert one.went_out
    assert call.payload == adapter.payload(one.post.message, call.payload.key)


@pytest.mark.parametrize("platform", ["mastodon", "bluesky", "x"])
def test_the_parts_of_a_thread_reply_to_each_other(tmp_path: Path, platform: str) -> None:
    adapter = make_adapter(platform, tmp_path, NOWHERE)

    (one,) = drafted(make_draft(parts=["One.", "Two.", "Three."]), adapters={"force-x": adapter})

    first, second, third = (call.payload for call in one.calls)
    assert [call.part for call in one.calls] == [0, 1, 2]
    assert one.went_out
    assert first.key in str(second.body)
    assert second.key in str(third.body)


def test_what_the_platform_would_refuse_fails_and_its_request_is_kept(tmp_path: Path) -> None:
    adapter = make_adapter("x", tmp_path, NOWHERE)

    posts = drafted(make_draft("x" * 300), adapters={"force-x": adapter})

    (found,) = foreseen(posts)
    assert posts[0].post.status == PostStatus.FAILED
    assert posts[0].calls[0].payload.body == {"text": "x" * 300}
    assert (found.kind, found.posts) == ("failed", (0,))
    assert "the text has 300 of 280 characters" in found.said


def test_a_request_that_cannot_be_made_fails() -> None:
    class Broken(FakeAdapter):
        def payload(self, *args: Any) -> Any:
            raise ValueError("no such thing")

    posts = drafted(make_draft(), adapters={"force-x": Broken()})

    assert posts[0].calls == ()
    assert "no request could be made of this post: no such thing" in foreseen(posts)[0].said


def test_the_same_rehearsal_twice_makes_the_same_requests(tmp_path: Path) -> None:
    def calls() -> object:
        adapter = make_adapter("bluesky", tmp_path, NOWHERE)
        return [one.calls for one in drafted(make_draft(), make_draft(slot="b"), adapters={"force-x": adapter})]

    assert calls() == calls()


def test_nothing_is_left_of_its_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    drafted(make_draft())

    assert list(tmp_path.iterdir()) == []


def test_hundreds_of_posts_take_seconds() -> None:
    hours = [NOON + timedelta(hours=7 * number) for number in range(200)]
    started = datetime.now(UTC)

    posts = drafted(*(make_draft(slot=f"s{number}", scheduled_at=hour) for number, hour in enumerate(hours)))

    assert all(one.went_out for one in posts)
    assert datetime.now(UTC) - started < timedelta(seconds=30)


def test_what_is_in_the_book_goes_out_as_it_stands_there(book: Book) -> None:
    kept = make_post(book, "As approved.", approved=True)
    draft = make_draft("As the campaign has it now.")

    (role,) = cast([draft], [kept], NOON.date(), NOON.date())
    (one,) = rehearsed(role)

    assert role.differs
    assert one.calls[0].payload.body["text"] == "As approved."


def test_a_draft_of_the_book_is_rehearsed_as_if_it_were_approved(book: Book) -> None:
    kept = make_post(book, approved=False)

    (one,) = rehearsed(Role(kept, make_draft()))

    assert one.went_out
    assert not one.role.differs
    assert get(book, kept.id or 0).status == PostStatus.DRAFT


def test_a_post_that_was_tried_before_begins_anew(book: Book) -> None:
    kept = make_post(book)
    kept.tries, kept.note, kept.next_try_at = 3, "tried", NOON + timedelta(hours=1)

    (one,) = rehearsed(Role(kept, None))

    assert one.calls[0].at.replace(microsecond=0) == NOON
    assert one.post.note is None


def test_an_approval_of_other_words_lets_nothing_out_here_either(book: Book) -> None:
    kept = make_post(book)
    kept.approved_digest = "of something else"

    posts = rehearsed(Role(kept, None))

    assert not posts[0].went_out
    assert "approve it again" in foreseen(posts)[0].said


@pytest.mark.parametrize("status", ["rejected", "cancelled", "published", "failed", "missed", "unconfirmed", "held"])
def test_what_does_not_go_out_by_itself_does_not_here(book: Book, status: str) -> None:
    kept = make_post(book)
    kept.status = status

    posts = rehearsed(Role(kept, make_draft()))

    assert posts[0].calls == ()
    assert posts[0].post is kept
    needs_a_person = status in ("failed", "missed", "unconfirmed", "held")
    assert kinds(foreseen(posts)) == ([status] if needs_a_person else [])


def test_the_cast_is_of_local_days(book: Book) -> None:
    """23:30 in London in summer is 22:30 in UTC; half past midnight is still the day before in UTC."""
    midnight = datetime(2027, 6, 30, 23, 30, tzinfo=UTC)  # 00:30 on 1 July in London
    drafts = [make_draft(scheduled_at=midnight), make_draft(slot="b", scheduled_at=midnight - timedelta(hours=1))]

    assert [role.key.slot for role in cast(drafts, [], date(2027, 7, 1), date(2027, 7, 1))] == ["on-the-day"]
    assert [role.key.slot for role in cast(drafts, [], date(2027, 6, 30), date(2027, 6, 30))] == ["b"]


def test_the_books_hour_counts_where_a_post_was_moved(book: Book) -> None:
    kept = make_post(book)
    draft = moved_to(make_draft(), NOON + timedelta(days=3))

    assert cast([draft], [kept], NOON.date(), NOON.date()) == [Role(kept, draft)]
    assert cast([draft], [kept], draft.scheduled_at.date(), draft.scheduled_at.date()) == []


def test_the_book_itself_is_only_read(book: Book) -> None:
    make_post(book)
    before = [post.model_dump() for post in posts_in(book)]
    with book.reading() as session:
        kept = find_posts(session)

    rehearsed(*(Role(post, None) for post in kept))

    assert [post.model_dump() for post in posts_in(book)] == before


@pytest.mark.parametrize(
    ("scope", "name", "spared", "is_held"),
    [
        ("all", "", "", True),
        ("account", "force-x", "", True),
        ("account", "force-bluesky", "", False),
        ("campaign", "child-exploitation", "", True),
        ("topic", "crime", "", True),
        ("topic", "sport", "", False),
        ("all", "", ",crime,", False),
    ],
)
def test_a_hold_that_stands_is_foreseen(scope: str, name: str, spared: str, is_held: bool) -> None:
    posts = drafted(replace(make_draft(), topics=("crime",)))
    hold = Hold(scope=scope, name=name, reason="new login", held_by="sam", held_at=NOON, except_topics=spared)

    found = foreseen(posts, holds=[hold])

    assert kinds(found) == (["held"] if is_held else [])
    if is_held:
        assert "held by sam: new login; 1 post would not go out" in found[0].said
        assert found[0].answer == f"redletter resume{f' --{scope} {name}' if name else ''}"
    assert posts[0].went_out  # so that its request is seen


def test_the_hold_file_is_foreseen_once_whether_the_daemon_has_seen_it_or_not() -> None:
    written = Hold(scope="all", name="", reason="funeral", held_by=HELD_BY, held_at=NOON, except_topics="")

    (found,) = foreseen(drafted(make_draft()), hold_file="HOLD", holds=[written])

    assert found.kind == "held"
    assert "the file HOLD in the workspace holds everything" in found.said


def test_an_account_that_is_gone_is_foreseen() -> None:
    (found,) = foreseen(drafted(make_draft(account="force-old")))

    assert found.kind == "account gone"
    assert "account force-old is not in config.toml: 1 post would not go out" in found.said


def test_secrets_that_are_missing_are_foreseen_and_those_that_are_there_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THERE", "s3cret")
    monkeypatch.delenv("NOT_THERE", raising=False)
    (tmp_path / "token").write_text("s3cret")
    monkeypatch.setattr(Secret, "reveal", lambda self: pytest.fail("it was read"))
    references = {"a": "env:THERE", "b": "env:NOT_THERE", "c": "file:token", "d": "file:none"}
    secrets = {key: Secret(reference, "force-x", key, tmp_path) for key, reference in references.items()}

    (found,) = foreseen(drafted(make_draft()), accounts=accounts("force-x", **secrets))

    assert found.kind == "secret"
    assert found.said == "account force-x cannot log in: NOT_THERE is not set; the file none cannot be read"


@pytest.mark.parametrize(
    ("minutes", "account", "clash"), [(9, "force-x", True), (10, "force-x", False), (0, "force-bluesky", False)]
)
def test_two_posts_of_one_account_at_almost_the_same_time_clash(minutes: int, account: str, clash: bool) -> None:
    other = make_draft(slot="b", account=account, scheduled_at=NOON + timedelta(minutes=minutes))
    adapters = {"force-x": FakeAdapter(), "force-bluesky": FakeAdapter()}

    found = foreseen(drafted(make_draft(), other, adapters=adapters), accounts=accounts(*adapters))

    assert kinds(found) == (["clash"] if clash else [])
    if clash:
        assert found[0].posts == (0, 1)


@pytest.mark.parametrize(
    ("hour", "minute", "is_night"), [(5, 59, True), (6, 0, False), (23, 0, False), (23, 1, True), (2, 0, True)]
)
def test_a_post_at_night_is_foreseen(hour: int, minute: int, is_night: bool) -> None:
    found = foreseen(drafted(make_draft(scheduled_at=NOON.replace(hour=hour, minute=minute))))

    assert kinds(found) == (["night"] if is_night else [])


def test_night_is_where_the_campaign_is() -> None:
    """05:30 in UTC in June is 06:30 in London."""
    assert foreseen(drafted(make_draft(scheduled_at=datetime(2027, 6, 18, 5, 30, tzinfo=UTC)))) == []


def test_a_slot_at_night_is_said_once_for_all_its_accounts() -> None:
    night = NOON.replace(hour=3)
    drafts = [make_draft(account=name, scheduled_at=night) for name in ("force-x", "force-bluesky")]
    adapters = {"force-x": FakeAdapter(), "force-bluesky": FakeAdapter()}

    (found,) = foreseen(drafted(*drafts, adapters=adapters), accounts=accounts(*adapters))

    assert found.posts == (0, 1)
    assert found.said.endswith("outside 06:00 to 23:00: force-x, force-bluesky")


def test_a_problem_of_two_years_is_said_once() -> None:
    problem = Problem("is wrong", "campaigns/a.toml", 3)

    (found,) = foreseen([], problems=[problem, problem])

    assert found.said == "campaigns/a.toml:3: is wrong"


def test_without_posts_there_is_nothing_to_rehearse() -> None:
    assert rehearsed() == []
    assert foreseen([]) == []


def test_a_post_that_expires_before_its_hour_is_missed() -> None:
    posts = drafted(replace(make_draft(), expires_at=NOON - timedelta(minutes=5)))

    assert posts[0].post.status == PostStatus.MISSED
    assert kinds(foreseen(posts)) == ["missed"]
