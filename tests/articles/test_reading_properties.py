"""Whatever bytes an article is made of, it is read or refused, and its excerpts are its own words."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.articles import read_article
from scheduler.errors import ArticleError
from scheduler.excerpts import cut

RELEASES = Path(__file__).parent / "releases"
SOURCES = sorted(path for path in RELEASES.iterdir() if path.suffix != ".json")
MARKS = [
    b'"',
    "“".encode(),
    "”".encode(),
    "‘".encode(),
    b"\n",
    b"\n\n",
    b" said: ",
    b"---\n",
    b"> ",
    b"<p>",
    b"</blockquote>",
    b"\xff",
    b"\x00",
    b"http://",
    b"[",
]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A release that was cut, doubled, or had marks and bytes put in."""
    source = draw(st.sampled_from(SOURCES))
    content = source.read_bytes()
    for _ in range(draw(st.integers(1, 6))):
        at, until = sorted((draw(st.integers(0, len(content))), draw(st.integers(0, len(content)))))
        piece = draw(st.sampled_from([b"", content[at:until] * 2, *MARKS]))
        content = (content[:at] + piece + content[until if draw(st.booleans()) else at :])[:50_000]
    return source.suffix, content


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutated")


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(case=mutated())
def test_a_mutated_article_is_read_or_refused_and_excerpts_are_its_words(folder: Path, case: tuple[str, bytes]) -> None:
    suffix, content = case
    (folder / f"release{suffix}").write_bytes(content)
    try:
        article = read_article(f"release{suffix}", folder)
    except ArticleError:
        return

    excerpts = cut(article, ["week"])

    for excerpt in (excerpts.lead, *excerpts.quotes, *excerpts.key_sentences):
        if excerpt is not None:
            assert excerpt.paragraphs == tuple(article.at(span) for span in excerpt.spans)
            assert all(span.start < span.end for span in excerpt.spans)
            assert all(
                earlier.end <= later.start for earlier, later in zip(excerpt.spans, excerpt.spans[1:], strict=False)
            )
    for anchor in article.anchors:
        assert anchor.span is None or article.at(anchor.span) == anchor.label
