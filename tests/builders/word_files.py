"""Word files for tests, written part by part."""

import io
import zipfile
from collections.abc import Mapping

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_STYLES = {
    "Title": ("Title", None),
    "H1": ("heading 1", None),
    "Quote": ("Quote", None),
    "Intense": ("Intense Quote", None),
    "House": ("House style 7", "Quote"),
    "Caption": ("caption", None),
}


def paragraph(*runs: str, style: str = "", listed: bool = False, end_deleted: bool = False) -> str:
    """One `<w:p>`: runs are text, or XML where they begin with "<"."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties += '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>' if listed else ""
    properties += '<w:rPr><w:del w:id="9"/></w:rPr>' if end_deleted else ""
    inner = "".join(run if run.startswith("<") else text_run(run) for run in runs)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def text_run(words: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{words}</w:t></w:r>'


def make_docx(*body: str, links: Mapping[str, str] | None = None, parts: Mapping[str, bytes] | None = None) -> bytes:
    """A package as Word saves it; links: addresses by relationship; parts: more files, or others in place of the usual."""
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/>'
        + (f'<w:basedOn w:val="{base}"/>' if base else "")
        + "</w:style>"
        for key, (name, base) in _STYLES.items()
    )
    targets = "".join(
        f'<Relationship Id="{key}" Type="{_R}/hyperlink" Target="{address}" TargetMode="External"/>'
        for key, address in (links or {}).items()
    )
    document = f'<w:document xmlns:w="{_W}" xmlns:r="{_R}" xmlns:mc="mc" xmlns:v="v" xmlns:wps="wps"><w:body>'
    files = {
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="a" Type="{_R}/officeDocument"'
        ' Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="s" Type="{_R}/styles"'
        f' Target="styles.xml"/>{targets}</Relationships>',
        "word/styles.xml": f'<w:styles xmlns:w="{_W}">{styles}</w:styles>',
        "word/document.xml": f"{document}{''.join(body)}<w:sectPr/></w:body></w:document>",
    }
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ({key: text.encode() for key, text in files.items()} | dict(parts or {})).items():
            archive.writestr(name, content)
    return package.getvalue()
