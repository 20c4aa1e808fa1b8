"""Articles of every form that were cut, doubled, had marks swapped and bytes broken, or were nested ten thousand deep."""

import io
import random
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.builders.word_files import make_docx, paragraph

RELEASES = Path(__file__).parents[1] / "articles" / "releases"
MARKS = [
    *(
        mark.encode()
        for mark in ('"', "“", "”", "‘", "’", "«", "\n", "\n\n", " said: ", "said Jo Bloggs, ", "---\n", "+++\n")
    ),
    *(
        mark.encode()
        for mark in ("> ", "> — Jo Bloggs", "<p>", "</blockquote>", "<blockquote>", "<td>", "http://", "[", "](")
    ),
    *(
        mark.encode()
        for mark in ("\u00a0", "\u00ad", "ENDS\n", "- ", "|", "<![CDATA[", "]]>", "&", "&#x0;", "<!--", "@")
    ),
    b"\xff",
    b"\x00",
    b"\x93",
    b"PK\x03\x04",
    b"\xef\xbb\xbf",
]
NESTABLE = ("div", "blockquote", "b", "ul", "table", "section", "x-y", "a", "p", "span", "article", "figure")
LONGEST = 50_000
_SECOND = (
    "&lt;p&gt;“We are glad,” said Mara Quill, its director.&lt;/p&gt;&lt;blockquote&gt;Come in.&lt;/blockquote&gt;"
)


def originals() -> list[tuple[str, bytes]]:
    """Whole articles with the ends of their names: every invented release, a Word file and two feeds."""
    found = [
        (path.suffix, path.read_bytes()) for path in sorted(RELEASES.iterdir()) if path.suffix not in {".json", ".py"}
    ]
    return [*found, *([(".docx", _word_file())] * 8), *([(".xml", _rss())] * 4), *([(".xml", _atom())] * 4)]


def mutate(chance: random.Random, article: tuple[str, bytes]) -> tuple[str, bytes]:
    """One article with one to six changes."""
    suffix, content = article
    if suffix in {".html", ".md", ".xml"} and chance.random() < 0.05:
        return suffix, nested(chance.choice(NESTABLE), content)
    if suffix == ".docx" and chance.random() < 0.7:
        return suffix, _with_document(chance, content)  # the bytes of a package are mostly packed: look inside
    for _ in range(chance.randint(1, 6)):
        content = _change(chance, content)[:LONGEST]
    return suffix, content


def _with_document(chance: random.Random, package: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        document = archive.read("word/document.xml")
    if chance.random() < 0.1:
        half = document.index(b"<w:p>")
        nest, end = chance.choice([(b"<w:p>", b"</w:p>"), (b"<w:tbl>", b"</w:tbl>"), (b"<w:sdt>", b"</w:sdt>")])
        document = document[:half] + nest * 10_000 + document[half:].replace(b"<w:sectPr/>", end * 10_000)
    for _ in range(chance.randint(0, 3)):
        elements = re.findall(rb"<w:[^>]+>|</w:[^>]+>|[^<>]+", document)
        at = chance.randrange(len(elements))
        elements[at : at + chance.randint(0, 2)] = chance.choice(
            [[], elements[at : at + 1] * 2, [chance.choice(MARKS)]]
        )
        document = b"".join(elements)
    return make_docx(parts={"word/document.xml": document})


def mutated(count: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    chance = random.Random(seed)
    sources = originals()
    for _ in range(count):
        yield mutate(chance, chance.choice(sources))


def nested(tag: str, content: bytes, depth: int = 10_000) -> bytes:
    """The article inside so many elements, in the middle of itself."""
    half = len(content) // 2
    return content[:half] + f"<{tag}>".encode() * depth + content[half:] + f"</{tag}>".encode() * depth


def _change(chance: random.Random, content: bytes) -> bytes:
    at, until = sorted((chance.randint(0, len(content)), chance.randint(0, len(content))))
    kind = chance.randrange(6)
    if kind == 0:
        return content[:at] + content[min(until, at + 2_000) :]
    if kind == 1:
        return content[:until] + content[at:until] + content[until:]
    if kind == 2:
        return content[:at] + chance.choice(MARKS) + content[at:]
    if kind == 3:
        old, new = chance.sample(MARKS[:8], 2)
        return content.replace(old, new, chance.randint(1, 5))
    if kind == 4:
        return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]
    return content[:at] + chance.choice(MARKS) * chance.randint(2, 400) + content[at:]


def _word_file() -> bytes:
    return make_docx(
        paragraph("PRESS RELEASE", style="H1"),
        paragraph("Lanterns on the quay", style="Title"),
        paragraph("12 March 2027"),
        paragraph("Fennick Harbour Trust lights the quay on Thursday, with forty lanterns made by children."),
        paragraph("Mara Quill, director of the Trust, said: “Every lantern is a name that somebody remembers.”"),
        paragraph("Tom Pell, chair, said:"),
        paragraph("We thank all who carried one.", style="Quote"),
        paragraph("Come early", listed=True),
        "<w:tbl><w:tr><w:tc>" + paragraph("Lanterns") + "</w:tc><w:tc>" + paragraph("40") + "</w:tc></w:tr></w:tbl>",
        paragraph("Call 01632 960 123."),
    )


def _rss() -> bytes:
    items = "".join(
        f"<item><title>Lanterns {number}</title><link>https://f.example/{number}</link><guid>{number}</guid>"
        f"<pubDate>{number:02d} Mar 2027 09:00:00 GMT</pubDate><description>&lt;p&gt;{'A long day. ' * 60}&lt;/p&gt;{_SECOND}"
        "</description></item>"
        for number in range(1, 6)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Fennick</title>{items}</channel></rss>'.encode()


def _atom() -> bytes:
    entry = (
        "<entry><id>tag:f.example,2027:1</id><title>Lanterns</title><updated>2027-03-12T09:00:00Z</updated>"
        f'<content type="html">&lt;p&gt;{"A long day. " * 60}&lt;/p&gt;{_SECOND}</content></entry>'
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Fennick</title>{entry}</feed>'.encode()
