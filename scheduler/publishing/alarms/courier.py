"""The process that hands one message to Apprise: it can be stopped, and its 40 MB are given back when it ends.

It is run as a script, and imports nothing of ours. It reads one JSON object, {"address", "title", "body"}, from standard
input, where no other user of the machine can see the address, and prints one, {"trouble": null or a sentence}.
"""

import json
import logging
import re
import sys

_LONGEST = 300  # characters of what a service said
# Of the words of a failed connection only these: around them stands the address with its tokens.
_REASONS = re.compile(
    r"\[Errno -?\d+\] ([A-Za-z ,]+)|(timed out)|(certificate verify failed)|(Authentication[A-Za-z ]*)|\((\d{3}, b'[^']*')"
)


class _Listener(logging.Handler):
    """Keeps what Apprise says while it delivers: it tells why only in its log."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.warnings: list[str] = []
        self.reason = ""

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        if record.levelno >= logging.WARNING:
            self.warnings.append(said)
        elif found := _REASONS.search(said):
            self.reason = next(group for group in found.groups() if group).strip().lower()


def deliver(address: str, title: str, body: str) -> str | None:
    """Returns None when the message was taken, else why it was not."""
    import apprise

    listener = _Listener()
    log = logging.getLogger("apprise")
    log.addHandler(listener)
    log.setLevel(logging.DEBUG)
    log.propagate = False
    asset = apprise.AppriseAsset(app_id="Redletter", app_desc="Redletter", app_url="")
    messenger = apprise.Apprise(asset=asset)
    if not messenger.add(address):
        return "Apprise does not understand this address; docs/alarms.md has examples"
    if messenger.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT):
        return None
    said = " ".join(dict.fromkeys(" ".join(each.split()).rstrip(".") for each in listener.warnings))
    if listener.reason:
        said = f"{said}: {listener.reason}" if said else listener.reason
    return said[:_LONGEST] or "it was not taken, and Apprise does not say why"


if __name__ == "__main__":
    request = json.load(sys.stdin)
    trouble = deliver(request["address"], request["title"], request["body"])
    print(json.dumps({"trouble": trouble}))
