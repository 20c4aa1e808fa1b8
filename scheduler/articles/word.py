"""Word's XML as paragraphs: what a reader of the page sees, with tracked changes accepted and comments left out."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from scheduler.articles.article import ParagraphKind

_SPEECH_STYLE = re.compile(r"\bquot(?:e|es|ed|ation|ations)\b|\bblock ?(?:text|quote|quotation)\b", re.IGNORECASE)
_HEADING_STYLE = re.compile(r"(?:sub)?title\b|heading\b", re.IGNORECASE)
_FIELD_LINK = re.compile(r"\s*HYPERLINK\s+\"([^\"]+)\"", re.IGNORECASE)
_OFF = frozenset({"0", "false", "off", "none"})
_NEVER_READ = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "delInstrText", "rubyBase", "sectPr"})
_LONGEST_CELL = 120
_LINE_END = re.compile(r"\n{2,}|(?<=[.!?:\"”])\n|(?m:(?<=^)(?=.{0,60}\n)(?P<short>.*)\n)")

Link = tuple[str, int, int]


class NotWord(Exception):
    """The XML is not what Word writes; its text says why."""


@dataclass(slots=True)
class WordParagraph:
    """words: with "\\n" for a line break inside; links: address, start and end in the words; title: of the style Title."""

    words: str
    kind: ParagraphKind
    links: list[Link] = field(default_factory=list)
    title: bool = False


@dataclass(slots=True)
class _Open:
    """A paragraph that is being read; one in a text box stands inside another."""

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    links: list[Link] = field(default_factory=list)
    style: str = ""
    listed: bool = False
    goes_on: bool = False  # its end was deleted: the next paragraph is the rest of it
    boxes: list[WordParagraph] = field(default_factory=list)


def read_styles(xml: bytes) -> dict[str, str]:
    """Names of paragraph styles by their ids, each with the names of those it is based on: "Pull Out / Quote"."""
    names: dict[str, str] = {}
    based_on: dict[str, str] = {}
    current = ""

    def start(name: str, values: Mapping[str, str]) -> None:
        nonlocal current
        if name == "style":
            current = values.get("styleId", "")
        elif name == "name":
            names[current] = values.get("val", "")
        elif name == "basedOn":
            based_on[current] = values.get("val", "")

    _parse(xml, start)
    return {style: " / ".join(_lineage(style, names, based_on)) for style in names}


def _lineage(style: str, names: Mapping[str, str], based_on: Mapping[str, str]) -> Iterator[str]:
    for _ in range(10):
        if style not in names:
            return
        yield names[style]
        style = based_on.get(style, "")


def read_relationships(xml: bytes) -> dict[str, tuple[str, str]]:
    """Type (its last word) and target of each relationship, by its id."""
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, values: Mapping[str, str]) -> None:
        if name == "Relationship" and "Id" in values:
            found[values["Id"]] = (values.get("Type", "").rpartition("/")[2], values.get("Target", ""))

    _parse(xml, start)
    return found


def read_paragraphs(xml: bytes, styles: Mapping[str, str], targets: Mapping[str, str]) -> list[WordParagraph]:
    """The paragraphs of a document in reading order; a row of a table with short cells is one paragraph.

    styles: names by id; targets: addresses of hyperlinks by relationship.
    """
    reader = _Reader(styles, targets)
    _parse(xml, reader.start, reader.end, reader.words)
    return [paragraph for found in reader.found for paragraph in _lines(found)]


class _Reader:
    def __init__(self, styles: Mapping[str, str], targets: Mapping[str, str]) -> None:
        self.found: list[WordParagraph] = []
        self._styles = styles
        self._targets = targets
        self._path: list[str] = []
        self._skipped_from: int | None = None  # how deep the element stands that is not read
        self._open: list[_Open] = []
        self._rest: _Open | None = None
        self._cells: list[list[WordParagraph]] = []
        self._tables = 0
        self._text: list[str] | None = None
        self._keeps_space = False
        self._hidden = False
        self._links: list[tuple[str | None, int]] = []
        self._fields: list[tuple[str, int | None]] = []
        self._instruction: list[str] | None = None
        self._placeholder = False

    def start(self, name: str, values: Mapping[str, str]) -> None:
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        if self._skipped_from is not None:
            return
        if name == "instrText":
            self._instruction = []
        # Inside run properties, "del" only says that a paragraph's end was deleted.
        if (name in _NEVER_READ and parent != "rPr") or (name == "sdtContent" and self._placeholder):
            self._skipped_from = len(self._path)
            self._placeholder = False
            return
        opening = _OPENINGS.get(name)
        if opening:
            opening(self, values)
        elif self._open:
            self._property(name, parent, values)

    def end(self, name: str) -> None:
        depth = len(self._path)
        self._path.pop()
        if self._skipped_from is not None:
            if depth == self._skipped_from:
                self._skipped_from = None
                self._take_instruction()
            return
        closing = _CLOSINGS.get(name)
        if closing:
            closing(self)

    def words(self, words: str) -> None:
        if self._instruction is not None:
            self._instruction.append(words)
        elif self._text is not None and self._skipped_from is None:
            self._text.append(words)

    # Paragraphs

    def _begin_paragraph(self, _values: Mapping[str, str]) -> None:
        rest, self._rest = self._rest, None
        self._open.append(rest if rest and not self._open else _Open())
        self._open[-1].goes_on = False

    def _end_paragraph(self) -> None:
        paragraph = self._open.pop()
        if paragraph.goes_on and not self._open:
            self._rest = paragraph
            return
        in_box = bool(self._open)
        words = "".join(paragraph.pieces)
        kind, title = self._kind_of(paragraph)
        if in_box and kind is ParagraphKind.BODY:
            kind = ParagraphKind.FURNITURE
        made = [WordParagraph(words, kind, paragraph.links, title)] if words.strip() else []
        made += paragraph.boxes
        if in_box:
            self._open[-1].boxes += made
        elif self._cells:
            self._cells[-1] += made
        else:
            self.found += made

    def _kind_of(self, paragraph: _Open) -> tuple[ParagraphKind, bool]:
        style = self._styles.get(paragraph.style, paragraph.style)
        own = style.partition(" / ")[0]
        if _SPEECH_STYLE.search(style):
            return ParagraphKind.SPEECH, False
        if _HEADING_STYLE.match(own) or " / heading" in style.lower():
            return ParagraphKind.HEADING, own.lower() == "title"
        if own.lower() == "caption":
            return ParagraphKind.CAPTION, False
        listed = paragraph.listed or own.lower().startswith(("list bullet", "list number"))
        return (ParagraphKind.LIST_ITEM if listed else ParagraphKind.BODY), False

    def _property(self, name: str, parent: str, values: Mapping[str, str]) -> None:
        here = self._open[-1]
        if parent == "pPr" and name == "pStyle":
            here.style = values.get("val", "")
        elif parent == "numPr" and name == "numId":
            here.listed = values.get("val") != "0"
        elif name == "del" and parent == "rPr" and self._path[-3:-2] == ["pPr"]:
            here.goes_on = True
        elif name in {"vanish", "strike", "dstrike"} and parent == "rPr":
            self._hidden = self._hidden or values.get("val", "1") not in _OFF

    # Words

    def _append(self, words: str) -> None:
        if self._open and not self._hidden:
            self._open[-1].pieces.append(words)
            self._open[-1].length += len(words)

    def _begin_run(self, _values: Mapping[str, str]) -> None:
        self._hidden = False

    def _begin_text(self, values: Mapping[str, str]) -> None:
        self._text = []
        self._keeps_space = values.get("space") == "preserve"

    def _end_text(self) -> None:
        words = "".join(self._text or [])
        self._text = None
        # Without xml:space="preserve" Word itself drops the spaces at both ends; its own no-break spaces stay.
        words = words if self._keeps_space else words.strip(" \t\n")
        self._append(re.sub(r"[\t\r\n]", " ", words))

    def _break(self, values: Mapping[str, str]) -> None:
        self._append("\n\n" if values.get("type") in {"page", "column"} else "\n")

    # Links

    def _begin_link(self, values: Mapping[str, str]) -> None:
        self._links.append((self._targets.get(values.get("id", "")), self._here()))

    def _end_link(self) -> None:
        if self._links:
            self._link(*self._links.pop())

    def _here(self) -> int:
        return self._open[-1].length if self._open else 0

    def _link(self, address: str | None, start: int) -> None:
        if address and self._open and start < self._open[-1].length:
            self._open[-1].links.append((address, start, self._open[-1].length))

    def _begin_simple_field(self, values: Mapping[str, str]) -> None:
        address = _FIELD_LINK.match(values.get("instr", ""))
        self._links.append((address[1] if address else None, self._here()))

    def _field_mark(self, values: Mapping[str, str]) -> None:
        kind = values.get("fldCharType")
        if kind == "begin":
            self._fields.append(("", None))
        elif kind == "separate" and self._fields:
            self._fields[-1] = (self._fields[-1][0], self._here())
        elif kind == "end" and self._fields:
            instruction, start = self._fields.pop()
            address = _FIELD_LINK.match(instruction)
            if start is not None:
                self._link(address[1] if address else None, start)

    def _take_instruction(self) -> None:
        if self._instruction is not None:
            if self._fields:
                written, start = self._fields[-1]
                self._fields[-1] = (written + "".join(self._instruction), start)
            self._instruction = None

    def _show_placeholder(self, _values: Mapping[str, str]) -> None:
        self._placeholder = True

    def _end_control(self) -> None:
        self._placeholder = False

    # Tables

    def _begin_table(self, _values: Mapping[str, str]) -> None:
        self._tables += 1

    def _begin_cell(self, _values: Mapping[str, str]) -> None:
        if self._tables == 1 and not self._open:
            self._cells.append([])

    def _end_row(self) -> None:
        if self._tables != 1 or self._open:
            return
        cells, self._cells = [cell for cell in self._cells if cell], []
        if len(cells) > 1 and all(len(cell) == 1 and len(cell[0].words) <= _LONGEST_CELL for cell in cells):
            self.found.append(_row([cell[0] for cell in cells]))
        else:
            self.found += [paragraph for cell in cells for paragraph in cell]

    def _end_table(self) -> None:
        if self._tables == 1:
            self._end_row()
        self._tables -= 1


_OPENINGS: dict[str, Callable[[_Reader, Mapping[str, str]], None]] = {
    "p": _Reader._begin_paragraph,
    "r": _Reader._begin_run,
    "t": _Reader._begin_text,
    "br": _Reader._break,
    "cr": _Reader._break,
    "tab": lambda reader, _: reader._append("\t") if reader._path[-2:-1] == ["r"] else None,
    "noBreakHyphen": lambda reader, _: reader._append("\u2011"),
    "softHyphen": lambda reader, _: reader._append("\u00ad"),
    "hyperlink": _Reader._begin_link,
    "fldSimple": _Reader._begin_simple_field,
    "fldChar": _Reader._field_mark,
    "showingPlcHdr": _Reader._show_placeholder,
    "tbl": _Reader._begin_table,
    "tc": _Reader._begin_cell,
}
_CLOSINGS: dict[str, Callable[[_Reader], None]] = {
    "p": _Reader._end_paragraph,
    "t": _Reader._end_text,
    "hyperlink": _Reader._end_link,
    "fldSimple": _Reader._end_link,
    "sdt": _Reader._end_control,
    "tr": _Reader._end_row,
    "tbl": _Reader._end_table,
}


def _row(cells: list[WordParagraph]) -> WordParagraph:
    words, links = "", []
    for cell in cells:
        words += "\t" if words else ""
        links += [(address, len(words) + start, len(words) + end) for address, start, end in cell.links]
        words += cell.words
    return WordParagraph(words, ParagraphKind.FURNITURE, links)


def _lines(paragraph: WordParagraph) -> Iterator[WordParagraph]:
    """The paragraph in pieces where its line breaks stand for paragraphs: two at once, or after a short or finished line."""
    start = 0
    if paragraph.title:
        paragraph.words = paragraph.words.replace("\n", " ")
    for match in _LINE_END.finditer(paragraph.words):
        end = match.end("short") if match["short"] is not None else match.start()
        yield from _piece(paragraph, start, end)
        start = match.end()
    yield from _piece(paragraph, start, len(paragraph.words))


def _piece(paragraph: WordParagraph, start: int, end: int) -> Iterator[WordParagraph]:
    words = paragraph.words[start:end]
    start += len(words) - len(words.lstrip())
    words = words.strip()
    if words:
        end = start + len(words)
        links = [(url, max(at, start) - start, min(to, end) - start) for url, at, to in paragraph.links]
        kept = [(url, at, to) for url, at, to in links if at < to]
        yield WordParagraph(words, paragraph.kind, kept, paragraph.title)


def _parse(
    xml: bytes,
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None] | None = None,
    words: Callable[[str], None] | None = None,
) -> None:
    """Feed a part to the handlers by local names; raises NotWord for what is no XML, or declares entities."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise NotWord("it declares a document type, which Word never does")

    def begin(name: str, values: Mapping[str, str]) -> None:
        start(name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in values.items()})

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    if end is not None:
        finish = end
        parser.EndElementHandler = lambda name: finish(name.rpartition(" ")[2])
    if words is not None:
        parser.CharacterDataHandler = words
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise NotWord(f"its XML is broken: {error}") from error
