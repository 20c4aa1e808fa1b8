"""X, Mastodon, Bluesky and webhooks in one process on loopback: they take posts, write them down, and fail as told.

    python -m tests.servers.fake_platforms PORT [--ignore-keys] [--refuse-duplicates]

Prints "ready PORT" (port 0 takes a free one). Any credentials are accepted, except a token or password "wrong". What is
out can be asked for, and is shown as each platform shows it: an account's own posts on X (GET /2/users/7/tweets) and
Mastodon (GET /api/v1/accounts/7/statuses, /api/v1/statuses/ID/source), a record on Bluesky. POST /hook/NAME is a webhook.

GET  /__log     {"accepted": [{"platform", "account", "id", "key", "text", "body", "at"}], "calls": [{"method", "path", "at"}]}
POST /__script  a list of faults, see Fault; they replace those not used up yet
POST /__expire  ends all Bluesky access tokens
"""

import argparse
import asyncio
import hashlib
import html
import json
import re
import time
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from aiohttp import web
from aiohttp.typedefs import Handler

POSTING_PATHS = {
    "bluesky": "/xrpc/com.atproto.repo.putRecord",
    "mastodon": "/api/v1/statuses",
    "webhook": "/hook/",  # and a name
    "x": "/2/tweets",
}
# Links as X finds them, in the texts of our tests; and what Mastodon makes HTML of.
_X_LINK = re.compile(r"https?://\S+|\bgov\.scot\S*")
_MARKED_UP = re.compile(r"(?P<link>https?://\S+)|@(?P<user>\w+)@(?P<server>[\w.-]+\w)|#(?P<tag>\w+)")
_X_SHOWN_CHARACTERS = 280
_LOGIN_PATHS = {
    "x": "/2/users/me",
    "mastodon": "/api/v1/accounts/verify_credentials",
    "bluesky": "/xrpc/com.atproto.server.createSession",
}


@dataclass
class Fault:
    """What happens to the next `count` calls whose path contains `path` ("" is every call that posts).

    delay: seconds before anything else is done; accept: take the post first, whatever is answered then;
    status, headers, body: the answer, instead of the platform's own; drop: cut the connection without an answer,
    "half" in the middle of it; hang: never answer.
    """

    path: str = ""
    count: int = 1
    delay: float = 0.0
    accept: bool = False
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    drop: Literal["", "whole", "half"] = ""
    hang: bool = False

    def concerns(self, path: str) -> bool:
        return self.count > 0 and (self.path in path if self.path else posts(path))


def posts(path: str) -> bool:
    """Whether a call to this path puts a post out."""
    return path in POSTING_PATHS.values() or path.startswith(POSTING_PATHS["webhook"])


@dataclass
class Accepted:
    """A post that is out; at: seconds since 1970 at which it was taken."""

    platform: str
    account: str
    id: str
    key: str
    text: str
    body: dict[str, Any]
    at: float


class FakePlatforms:
    """The platforms' shared memory; honours_keys: whether Mastodon and webhooks know a key that comes again."""

    def __init__(self, *, honours_keys: bool = True, refuses_duplicates: bool = False) -> None:
        self.honours_keys = honours_keys
        self.refuses_duplicates = refuses_duplicates
        self.accepted: list[Accepted] = []
        self.calls: list[dict[str, Any]] = []
        self.faults: list[Fault] = []
        self._statuses: dict[tuple[str, str], str] = {}
        self._records: dict[str, tuple[Any, str]] = {}
        self._sessions: dict[str, str] = {}
        self.session_seconds = 7200  # of Bluesky's access tokens, as they say
        self.address = ""  # where it is served, where a test says so

    def application(self) -> web.Application:
        application = web.Application(middlewares=[self._with_faults], client_max_size=10_000_000)
        application.add_routes(
            [
                web.get("/__log", self._log),
                web.post("/__script", self._script),
                web.post("/__expire", self._expire),
                web.post(POSTING_PATHS["x"], self._x_post),
                web.get(_LOGIN_PATHS["x"], self._x_me),
                web.get("/2/users/7/tweets", self._x_posts),
                web.post(POSTING_PATHS["mastodon"], self._mastodon_post),
                web.get("/api/v1/accounts/7/statuses", self._mastodon_statuses),
                web.get("/api/v1/statuses/{id}/source", self._mastodon_source),
                web.get("/api/v2/instance", self._mastodon_instance),
                web.get(_LOGIN_PATHS["mastodon"], self._mastodon_me),
                web.post(f"{POSTING_PATHS['webhook']}{{name}}", self._webhook_post),
                web.post(POSTING_PATHS["bluesky"], self._bluesky_put),
                web.get("/xrpc/com.atproto.repo.getRecord", self._bluesky_get),
                web.post(_LOGIN_PATHS["bluesky"], self._bluesky_log_in),
                web.post("/xrpc/com.atproto.server.refreshSession", self._bluesky_refresh),
                web.get("/xrpc/com.atproto.server.getSession", self._bluesky_session),
                web.get("/xrpc/com.atproto.identity.resolveHandle", self._bluesky_resolve),
            ]
        )
        return application

    def expire_sessions(self) -> None:
        """Ends all Bluesky access tokens; refresh tokens stay good."""
        self._sessions = {token: did for token, did in self._sessions.items() if "refresh" in token}

    def calls_of(self, path: str) -> int:
        return sum(path in call["path"] for call in self.calls)

    @web.middleware
    async def _with_faults(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/__"):
            return await handler(request)
        self.calls.append({"method": request.method, "path": request.path, "at": time.time()})
        fault = next((fault for fault in self.faults if fault.concerns(request.path)), None)
        if fault is None:
            return await handler(request)
        fault.count -= 1
        return await self._faulty(fault, request, handler)

    async def _faulty(self, fault: Fault, request: web.Request, handler: Any) -> web.StreamResponse:
        await asyncio.sleep(fault.delay)
        own = await handler(request) if fault.accept or not (fault.status or fault.drop or fault.hang) else None
        if fault.hang:
            await asyncio.Event().wait()
        if fault.drop == "half":
            return await _half_an_answer(request)
        if fault.drop:
            _cut(request)
        if fault.status is not None:
            return web.Response(status=fault.status, text=fault.body, headers=fault.headers)
        return own or web.Response()

    def _accept(self, platform: str, account: str, post_id: str, key: str, text: str, body: Any) -> None:
        self.accepted.append(Accepted(platform, account, post_id, key, text, body, time.time()))

    def _posts_of(self, platform: str, account: str) -> list[Accepted]:
        return [each for each in self.accepted if (each.platform, each.account) == (platform, account)]

    async def _log(self, request: web.Request) -> web.Response:
        return web.json_response({"accepted": [asdict(each) for each in self.accepted], "calls": self.calls})

    async def _script(self, request: web.Request) -> web.Response:
        self.faults = [Fault(**fault) for fault in await request.json()]
        return web.json_response({"faults": len(self.faults)})

    async def _expire(self, request: web.Request) -> web.Response:
        self.expire_sessions()
        return web.json_response({})

    async def _x_post(self, request: web.Request) -> web.Response:
        account = _oauth_token(request)
        if account == "wrong":
            return _x_problem(401, "Unauthorized")
        body = await request.json()
        text = body["text"]
        posted = any(each.platform == "x" and (each.account, each.text) == (account, text) for each in self.accepted)
        if self.refuses_duplicates and posted:
            return _x_problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.")
        post_id = str(1_900_000_000_000_000_000 + len(self.accepted))
        self._accept("x", account, post_id, "", text, body)
        return web.json_response({"data": {"id": post_id, "text": text}}, status=201)

    async def _x_me(self, request: web.Request) -> web.Response:
        if _oauth_token(request) == "wrong":
            return _x_problem(401, "Unauthorized")
        return web.json_response({"data": {"id": "7", "name": "Testshire", "username": "testshire"}})

    async def _x_posts(self, request: web.Request) -> web.Response:
        account, query = _oauth_token(request), request.query
        if account == "wrong":
            return _x_problem(401, "Unauthorized")
        start = datetime.fromisoformat(query["start_time"]).timestamp()
        if start > time.time():
            return _x_problem(400, "Invalid Request", "Invalid 'start_time': it must be before now.")
        posts = [each for each in reversed(self._posts_of("x", account)) if each.at >= start]
        first, count = int(query.get("pagination_token", 0)), int(query["max_results"])
        page = posts[first : first + count]
        meta: dict[str, Any] = {"result_count": len(page)}
        if len(posts) > first + count:
            meta["next_token"] = str(first + count)
        return web.json_response(
            {"data": [_as_x_shows(each) for each in page], "meta": meta} if page else {"meta": meta}
        )

    async def _mastodon_post(self, request: web.Request) -> web.Response:
        account, key = _bearer_token(request), request.headers.get("Idempotency-Key", "")
        if account == "wrong":
            return web.json_response({"error": "The access token is invalid"}, status=401)
        body = await request.json()
        known = self._statuses.get((account, key)) if self.honours_keys and key else None
        status_id = known or str(113_000_000_000_000_000 + len(self.accepted))
        if known is None:
            self._statuses[account, key] = status_id
            self._accept("mastodon", account, status_id, key, body["status"], body)
        return web.json_response({"id": status_id, "url": f"https://social.example/@testshire/{status_id}"})

    async def _mastodon_me(self, request: web.Request) -> web.Response:
        if _bearer_token(request) == "wrong":
            return web.json_response({"error": "The access token is invalid"}, status=401)
        return web.json_response({"id": "7", "acct": "testshire"})

    async def _mastodon_statuses(self, request: web.Request) -> web.Response:
        account, query = _bearer_token(request), request.query
        if account == "wrong":
            return web.json_response({"error": "The access token is invalid"}, status=401)
        before = query.get("max_id", "9" * 18)
        posts = [each for each in reversed(self._posts_of("mastodon", account)) if each.id < before]
        return web.json_response([_as_mastodon_shows(each) for each in posts[: int(query["limit"])]])

    async def _mastodon_source(self, request: web.Request) -> web.Response:
        post = next((each for each in self.accepted if each.id == request.match_info["id"]), None)
        if post is None:
            return web.json_response({"error": "Record not found"}, status=404)
        warning = post.body.get("spoiler_text", "")
        return web.json_response({"id": post.id, "text": post.text, "spoiler_text": warning})

    async def _mastodon_instance(self, request: web.Request) -> web.Response:
        source = "mastodon/mastodon" if self.honours_keys else "superseriousbusiness/gotosocial"
        return web.json_response({"domain": "social.example", "source_url": f"https://github.com/{source}"})

    async def _webhook_post(self, request: web.Request) -> web.Response:
        name, key, body = request.match_info["name"], request.headers["webhook-id"], await request.json()
        posted = next((each for each in self._posts_of("webhook", name) if each.key == key), None)
        post_id = posted.id if posted and self.honours_keys else f"hook-{len(self.accepted)}"
        if posted is None or not self.honours_keys:
            self._accept("webhook", name, post_id, key, body["text"], body)
        return web.json_response({"id": post_id, "url": f"https://desk.example/posts/{post_id}"})

    async def _bluesky_log_in(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["password"] == "wrong":
            return _xrpc_error(401, "AuthenticationRequired", "Invalid identifier or password")
        return self._new_session(body["identifier"])

    async def _bluesky_refresh(self, request: web.Request) -> web.Response:
        handle = self._sessions.pop(_bearer_token(request), None)
        return self._new_session(handle) if handle else _xrpc_error(400, "ExpiredToken", "Token has been revoked")

    async def _bluesky_session(self, request: web.Request) -> web.Response:
        handle = self._sessions.get(_bearer_token(request))
        if handle is None:
            return _xrpc_error(400, "ExpiredToken", "Token has expired")
        return web.json_response({"did": _did(handle), "handle": handle})

    async def _bluesky_resolve(self, request: web.Request) -> web.Response:
        handle = request.query["handle"]
        if handle.startswith("nobody."):
            return _xrpc_error(400, "InvalidRequest", "Unable to resolve handle")
        return web.json_response({"did": _did(handle)})

    async def _bluesky_put(self, request: web.Request) -> web.Response:
        handle = self._sessions.get(_bearer_token(request))
        if handle is None:
            return _xrpc_error(400, "ExpiredToken", "Token has expired")
        body = await request.json()
        uri = f"at://{_did(handle)}/{body['collection']}/{body['rkey']}"
        cid = "bafy" + hashlib.sha256(json.dumps(body["record"], sort_keys=True).encode()).hexdigest()[:40]
        known = self._records.get(uri)
        if known is not None and known[1] != cid:
            return _xrpc_error(400, "InvalidSwap", f"Record was at {known[1]}")
        if known is None:
            self._records[uri] = (body["record"], cid)
            self._accept("bluesky", handle, uri, body["rkey"], body["record"]["text"], body)
        return web.json_response({"uri": uri, "cid": cid, "validationStatus": "valid"})

    async def _bluesky_get(self, request: web.Request) -> web.Response:
        if _bearer_token(request) not in self._sessions:
            return _xrpc_error(400, "ExpiredToken", "Token has expired")
        query = request.query
        uri = f"at://{_did(query['repo'])}/{query['collection']}/{query['rkey']}"
        if uri not in self._records:
            return _xrpc_error(400, "RecordNotFound", f"Could not locate record: {uri}")
        record, cid = self._records[uri]
        return web.json_response({"uri": uri, "cid": cid, "value": record})

    def _new_session(self, handle: str) -> web.Response:
        number, now = self.calls_of("Session"), int(time.time())
        claims = urlsafe_b64encode(json.dumps({"iat": now, "exp": now + self.session_seconds}).encode()).decode()
        access, refresh = (f"eyJmYWtl.{claims.rstrip('=')}.{kind}{number}" for kind in ("access", "refresh"))
        self._sessions |= {access: handle, refresh: handle}
        return web.json_response(
            {"did": _did(handle), "handle": handle, "accessJwt": access, "refreshJwt": refresh, "active": True}
        )


def _as_x_shows(post: Accepted) -> dict[str, Any]:
    """A post with its links as t.co, its & < > escaped, and its text cut short where there is more in note_tweet."""
    shown: dict[str, Any] = {"id": post.id, "created_at": _iso(post.at)} | _with_short_links(post.text)
    if len(shown["text"]) > _X_SHOWN_CHARACTERS:
        shown |= {"note_tweet": _with_short_links(post.text), "text": shown["text"][:_X_SHOWN_CHARACTERS] + "…"}
    if "reply" in post.body:
        answered = {"type": "replied_to", "id": post.body["reply"]["in_reply_to_tweet_id"]}
        shown |= {"referenced_tweets": [answered], "in_reply_to_user_id": "7"}
    return shown


def _with_short_links(text: str) -> dict[str, Any]:
    urls = []

    def shorten(match: re.Match[str]) -> str:
        short = f"https://t.co/{hashlib.sha256(match[0].encode()).hexdigest()[:10]}"
        urls.append({"url": short, "expanded_url": match[0] if "://" in match[0] else f"http://{match[0]}"})
        return short

    return {"text": html.escape(_X_LINK.sub(shorten, text), quote=False), "entities": {"urls": urls}}


def _as_mastodon_shows(post: Accepted) -> dict[str, Any]:
    lines = (f"<p>{paragraph}</p>" for paragraph in _MARKED_UP.sub(_marked_up, html.escape(post.text)).split("\n\n"))
    return {
        "id": post.id,
        "created_at": _iso(post.at),
        "in_reply_to_id": post.body.get("in_reply_to_id"),
        "spoiler_text": post.body.get("spoiler_text", ""),
        "url": f"https://social.example/@testshire/{post.id}",
        "content": "".join(lines).replace("\n", "<br />"),
        "reblog": None,
    }


def _marked_up(match: re.Match[str]) -> str:
    if match["link"]:
        scheme, _, rest = match["link"].partition("://")
        spans = f'<span class="invisible">{scheme}://</span><span class="ellipsis">{rest[:30]}</span>'
        return f'<a href="{match["link"]}" rel="nofollow">{spans}<span class="invisible">{rest[30:]}</span></a>'
    if match["user"]:
        address = f"https://{match['server']}/@{match['user']}"
        return (
            f'<span class="h-card"><a href="{address}" class="u-url mention">@<span>{match["user"]}</span></a></span>'
        )
    return (
        f'<a href="https://social.example/tags/{match["tag"]}" class="mention hashtag">#<span>{match["tag"]}</span></a>'
    )


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _did(handle: str) -> str:
    return f"did:plc:{hashlib.sha256(handle.encode()).hexdigest()[:24]}"


def _bearer_token(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _oauth_token(request: web.Request) -> str:
    header = request.headers.get("Authorization", "")
    pairs = (pair.strip().partition("=") for pair in header.removeprefix("OAuth ").split(","))
    return next((value.strip('"') for name, _, value in pairs if name == "oauth_token"), "wrong")


def _x_problem(status: int, title: str, detail: str = "") -> web.Response:
    problem = {"title": title, "detail": detail or title, "type": "about:blank", "status": status}
    return web.json_response(problem, status=status, content_type="application/problem+json")


def _xrpc_error(status: int, error: str, message: str) -> web.Response:
    return web.json_response({"error": error, "message": message}, status=status)


async def _half_an_answer(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"id": "1')
    if request.transport is not None:
        request.transport.close()
    return response


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def serve(fake: FakePlatforms, port: int = 0) -> tuple[web.AppRunner, int]:
    """Starts `fake` on loopback; returns its runner, to be cleaned up, and its port."""
    runner = web.AppRunner(fake.application(), access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    return runner, runner.addresses[0][1]


async def _main() -> None:
    parser = argparse.ArgumentParser(description="X, Mastodon, Bluesky and webhooks on loopback, for tests")
    parser.add_argument("port", type=int)
    parser.add_argument("--ignore-keys", action="store_true", help="Mastodon and webhooks post again on a repeated key")
    parser.add_argument("--refuse-duplicates", action="store_true", help="X refuses a text it has, as the real one")
    arguments = parser.parse_args()
    fake = FakePlatforms(honours_keys=not arguments.ignore_keys, refuses_duplicates=arguments.refuse_duplicates)
    _, port = await serve(fake, arguments.port)
    print(f"ready {port}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main())
