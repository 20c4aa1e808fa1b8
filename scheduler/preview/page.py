"""What all pages share: one file that loads nothing and runs nothing, whatever is in it."""

from html import escape
from urllib.parse import urlsplit

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"
MADE_BY = '<meta name="generator" content="redletter">'


def page(title: str, body: str, style: str) -> str:
    """Returns a whole page; body: HTML, already escaped."""
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="color-scheme" content="light dark">\n{MADE_BY}\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def link(url: str, shown: str) -> str:
    """Returns a link; only http(s) addresses lead anywhere."""
    try:
        leads = urlsplit(url).scheme in ("http", "https")
    except ValueError:
        leads = False
    if not leads:
        return escape(shown)
    return f'<a href="{escape(url)}" rel="noopener noreferrer nofollow">{escape(shown)}</a>'
