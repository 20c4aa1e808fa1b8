"""Whatever bytes an article is made of, it is read or refused, and its excerpts are its own words."""

import time
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.articles import Wanted, read_article
from scheduler.errors import ArticleError
from scheduler.excerpts import cut
from tests.builders.mutations import mutate, originals

ORIGINALS = originals()


@st.composite
def changed(draw: st.DrawFn) -> tuple[str, bytes]:
    """An article of any form that was cut, doubled, had marks and bytes put in, or was nested ten thousand deep."""
    return mutate(Random(draw(st.integers(0, 2**32))), draw(st.sampled_from(ORIGINALS)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutated")


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(case=changed())
def test_a_mutated_article_is_read_or_refused_and_excerpts_are_its_words(folder: Path, case: tuple[str, bytes]) -> None:
    suffix, content = case
    (folder / f"release{suffix}").write_bytes(content)
    started = time.process_time()
    try:
        article = read_article(f"release{suffix}", folder, Wanted(follow=False))
    except ArticleError:
        return

    excerpts = cut(article, ["week"])
    assert time.process_time() - started < 5.0  # where the machine does nothing else, it is under one

    for excerpt in (excerpts.lead, *excerpts.quotes, *excerpts.key_sentences):
        if excerpt is not None:
            assert excerpt.paragraphs == tuple(article.at(span) for span in excerpt.spans)
            assert all(span.start < span.end for span in excerpt.spans)
            assert all(
                earlier.end <= later.start for earlier, later in zip(excerpt.spans, excerpt.spans[1:], strict=False)
            )
    for anchor in article.anchors:
        assert anchor.span is None or article.at(anchor.span) == anchor.label


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
@pytest.mark.parametrize(
    "piece",
    [
        "A ",
        '"',
        "“a ",
        "<b",
        "<p>",
        "<!--",
        "<?",
        "[",
        "**a",
        "> ",
        "Press release ",
        "Jo Bloggs, head of A, ",
        "CSE (Child) ",
    ],
)
def test_a_piece_repeated_ten_thousand_times_is_read_in_time(folder: Path, piece: str, suffix: str) -> None:
    words = f"Title here\n\nThe body of the release stands here today.\n\n{piece * 10_000} end.\n"
    (folder / f"release{suffix}").write_text(words)

    started = time.process_time()
    with suppress(ArticleError):
        cut(read_article(f"release{suffix}", folder))

    assert time.process_time() - started < 5.0
