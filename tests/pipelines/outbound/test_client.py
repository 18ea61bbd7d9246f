"""Where connections really go: names that change their address, redirects, other servers, and bodies that are bombs."""

import asyncio
import gzip
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from core.errors import Invalid
from pipelines.outbound import AllowList, Checked, TooLarge, Unreadable, checked, client, fetch
from pipelines.outbound.allowed import allow_list
from pipelines.outbound.fetching import HOPS

NAME = "models.example.com"
KEY = "sk-canary-of-the-outbound-tests"
ANSWER = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": []}
MIB = 1024 * 1024
SYSTEM = socket.getaddrinfo


class Server(ThreadingHTTPServer):
    """Remembers who asked what; answers 200, or as ``answers`` says for a path."""

    daemon_threads = True

    def __init__(self, address: str, port: int = 0) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        super().__init__((address, port), Handler)

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]}:{self.port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        status, headers, body = self.server.answers.get(self.path, (200, {}, json.dumps(ANSWER).encode()))
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json", "Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def serving(address: str, port: int = 0) -> Iterator[Server]:
    server = Server(address, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def two() -> Iterator[tuple[Server, Server]]:
    """Two servers on one port: at 127.0.0.2 the one that was checked, at 127.0.0.1 the one nobody may reach."""
    with ExitStack() as stack:
        good = stack.enter_context(serving("127.0.0.2"))
        yield good, stack.enter_context(serving("127.0.0.1", good.port))


@pytest.fixture
def rebinding(monkeypatch) -> list[str]:
    """The system's resolver gives `NAME` the address 127.0.0.2 once, and 127.0.0.1 ever after. The list holds what it said."""
    said: list[str] = []

    def resolve(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in (NAME, NAME.encode()):
            return SYSTEM(host, port, *args, **kwargs)
        said.append("127.0.0.1" if said else "127.0.0.2")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (said[-1], int(port or 0)))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return said


def listing(*entries: str) -> AllowList:
    return allow_list("DRAGOMAN_ENDPOINT_HOSTS", entries)


def asks(base_url: str, http_client: httpx2.AsyncClient) -> Any:
    """One call by the official client, as the provider makes it."""

    async def ask() -> Any:
        async with openai.AsyncOpenAI(base_url=base_url, api_key=KEY, max_retries=0, http_client=http_client) as one:
            return await one.chat.completions.create(model="m", messages=[{"role": "user", "content": "Hello."}])

    return ask()


def test_a_name_that_changes_after_the_check_leads_where_it_led_then(two, rebinding):
    good, loopback = two
    place = checked(f"http://{NAME}:{good.port}/v1", allow=listing("127.0.0.2"))
    asyncio.run(asks(place.url, client(place)))
    assert rebinding == ["127.0.0.2"]
    assert not loopback.asked
    ((path, headers),) = good.asked
    assert (path, headers["host"], headers["authorization"]) == ("/v1/chat/completions", f"{NAME}:{good.port}", f"Bearer {KEY}")


def test_without_the_pin_the_key_reaches_the_loopback(two, rebinding):
    """The control: the same check, and the client's own transport."""
    good, loopback = two
    place = checked(f"http://{NAME}:{good.port}/v1", allow=listing("127.0.0.2"))
    asyncio.run(asks(place.url, openai.DefaultAioHttpClient(follow_redirects=False)))
    assert rebinding == ["127.0.0.2", "127.0.0.1"]
    assert not good.asked
    assert loopback.asked[0][1]["authorization"] == f"Bearer {KEY}"


def test_a_name_in_another_script_is_asked_for_in_ascii(two, monkeypatch):
    good, _ = two
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", good.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *args, **kwargs: answer if "xn--" in host else SYSTEM(host, *args, **kwargs))
    place = checked(f"http://bücher.example:{good.port}/v1", allow=listing("bücher.example"))
    asyncio.run(asks(place.url, client(place)))
    assert good.asked[0][1]["host"] == f"xn--bcher-kva.example:{good.port}"


def test_an_ipv6_address_is_connected_to():
    with ExitStack() as stack:
        try:
            server = stack.enter_context(serving("::1"))
        except OSError:
            pytest.skip("no IPv6 on this machine")
        place = checked(f"http://[0:0::1]:{server.port}/v1", allow=listing("::1"))
        asyncio.run(asks(place.url, client(place)))
        assert server.asked[0][1]["host"] == f"[::1]:{server.port}"


def test_the_last_look_is_at_the_socket(two):
    """Even a place whose URL names another address than the checked one gets no connection."""
    good, loopback = two
    place = Checked(f"{loopback.url}/v1", "127.0.0.1", loopback.port, ("127.0.0.2",), loopback.url)
    with pytest.raises(openai.APIConnectionError):
        asyncio.run(asks(place.url, client(place)))
    assert not loopback.asked and not good.asked


@pytest.mark.parametrize("follows", [False, True], ids=["as made", "told to follow"])
@pytest.mark.parametrize("to", ["another port", "loopback"])
def test_a_redirect_takes_the_key_nowhere(two, to, follows):
    good, loopback = two
    with serving("127.0.0.2") as other:
        target = {"another port": other, "loopback": loopback}[to]
        good.answers["/v1/chat/completions"] = (307, {"Location": f"{target.url}/v1/chat/completions"}, b"")
        place = checked(f"{good.url}/v1", allow=listing("127.0.0.2"))
        http_client = client(place)
        http_client.follow_redirects = follows
        with pytest.raises(openai.OpenAIError):
            asyncio.run(asks(place.url, http_client))
        assert len(good.asked) == 1 and not target.asked


def test_the_clients_own_defaults_follow_it(two):
    """The control: the question, though not its key, goes to whoever the first server names."""
    good, loopback = two
    good.answers["/v1/chat/completions"] = (307, {"Location": f"{loopback.url}/v1/chat/completions"}, b"")
    asyncio.run(asks(f"{good.url}/v1", openai.DefaultAioHttpClient()))
    assert loopback.asked


def test_a_proxy_of_the_environment_gets_no_request(two, monkeypatch):
    good, loopback = two
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, loopback.url)
    place = checked(f"{good.url}/v1", allow=listing("127.0.0.2"))
    asyncio.run(asks(place.url, client(place)))
    assert good.asked and not loopback.asked


@pytest.mark.parametrize(
    ("headers", "body", "kind"),
    [
        ({}, bytes(2 * MIB), TooLarge),
        ({"Content-Encoding": "gzip"}, gzip.compress(bytes(100 * MIB)), TooLarge),
        ({"Content-Encoding": "br"}, b"x", Unreadable),
    ],
    ids=["long", "bomb", "not asked for"],
)
def test_an_answer_over_the_limit_fails_by_its_name(two, headers, body, kind):
    good, _ = two
    good.answers["/v1/chat/completions"] = (200, headers, body)
    place = checked(f"{good.url}/v1", allow=listing("127.0.0.2"))
    with pytest.raises(kind):
        asyncio.run(asks(place.url, client(place, limit=MIB)))


def test_a_packed_answer_within_the_limit_is_read(two):
    good, _ = two
    good.answers["/v1/chat/completions"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(json.dumps(ANSWER).encode()))
    place = checked(f"{good.url}/v1", allow=listing("127.0.0.2"))
    assert asyncio.run(asks(place.url, client(place))).id == "1"


def fetched(url: str, file: Path, *allowed: str, limit: int = MIB) -> Any:
    with file.open("wb") as to:
        return fetch(url, to, allow=listing(*allowed), limit=limit, seconds=20)


def test_a_file_is_fetched_over_a_redirect_with_what_tells_its_version(two, tmp_path):
    good, _ = two
    good.answers["/a"] = (302, {"Location": "/data/rows%20one.jsonl?sig=secret"}, b"")
    good.answers["/data/rows%20one.jsonl?sig=secret"] = (200, {"ETag": '"v1"', "Content-Type": "text/html"}, b"rows\n")
    found = fetched(f"{good.url}/a", tmp_path / "f", "127.0.0.2")
    assert (tmp_path / "f").read_bytes() == b"rows\n"
    assert (found.name, found.etag, found.bytes) == ("rows one.jsonl", '"v1"', 5)
    assert found.url == f"{good.url}/data/rows%20one.jsonl?…"
    assert not any("authorization" in headers or "cookie" in headers for _, headers in good.asked)


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("http://127.0.0.1:{port}/v1", "only connected to by https"),
        ("https://127.0.0.1/", "not public"),
        ("https://169.254.169.254/latest/meta-data/", "not public"),
        ("file:///etc/passwd", "begins with https"),
        ("https://user:secret@api.example.com/", "no user name or password"),
        ("//127.0.0.1:{port}/", "only connected to by https"),
        ("/a", f"more than {HOPS} times"),
        ("https://api.example.com\\@127.0.0.1/", "backslash"),
    ],
)
def test_every_hop_is_checked_like_the_first(two, tmp_path, location, says):
    good, loopback = two
    good.answers["/a"] = (302, {"Location": location.format(port=good.port)}, b"secret body")
    with pytest.raises(Invalid, match=says) as refused:
        fetched(f"{good.url}/a", tmp_path / "f", "127.0.0.2")
    assert "secret" not in str(refused.value) and not loopback.asked


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((404, {}, b"secret"), "answered HTTP 404"),
        ((500, {}, b"secret"), "answered HTTP 500"),
        ((304, {}, b""), "answered HTTP 304"),
        ((200, {}, bytes(2 * MIB)), "longer than 1 MiB"),
        ((200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(50 * MIB))), "longer than 1 MiB"),
        ((200, {"Content-Encoding": "gzip"}, b"secret"), "cannot be undone"),
        ((200, {"Content-Length": "100"}, b"secret"), "connection to 127.0.0.2 failed"),
    ],
)
def test_what_cannot_be_had_is_said_without_a_word_of_the_answer(two, tmp_path, answer, says):
    good, _ = two
    good.answers["/a"] = answer
    with pytest.raises(Invalid, match=says) as refused:
        fetched(f"{good.url}/a", tmp_path / "f", "127.0.0.2")
    assert "secret" not in str(refused.value)


def test_nobody_at_the_address_is_said(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/a"
        with pytest.raises(Invalid, match="connection to 127.0.0.1 failed"):
            fetched(url, tmp_path / "f", "127.0.0.1")
