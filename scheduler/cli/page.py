"""Writing a page into a file, and never over anything that is not such a page."""

from pathlib import Path

from scheduler.errors import RedletterError


def write_page(path: Path, page: str) -> None:
    """Writes a page; raises RedletterError where the file cannot be written or is something else.

    A slip of the finger must cost neither a campaign nor an article, which may be a page, too.
    """
    from scheduler.preview.page import MADE_BY

    try:
        if path.exists() and MADE_BY not in path.read_text(encoding="utf-8", errors="replace")[:1000]:
            raise RedletterError(f"{path} is there and is no HTML page that Redletter made; give another name")
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise RedletterError(f"{path} cannot be written: {error.strerror or error}") from error
