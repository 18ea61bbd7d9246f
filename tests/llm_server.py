"""A scripted OpenAI-compatible server on the loopback: translates by a table, has the bad days a test wants, and writes down what it billed.

``python -m tests.llm_server --script FILE --witness FILE`` runs it as a process of its own; without a script it marks every text.
"""

import argparse
import asyncio
import gzip
import json
import random
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from aiohttp import web

from tests.llm_batches import Day, Desk, Fault

DATA = re.compile(r"<(item|text)>\n(.*?)\n</\1>", re.DOTALL)
ONE = re.compile(r'<one id="(\w+)">\n(.*?)\n</one>', re.DOTALL)
BACK = "back_translate"
MARK = "«{}»"


@dataclass
class Rule:
    """One bad day: it applies to requests of a prompt and with a text, so many times, and is then over."""

    prompt: str = ""
    """translate or back_translate; empty for both."""
    text: str = ""
    """Only requests whose data holds it."""
    times: int | None = None
    share: float = 1.0
    """Of the requests it fits, so many, by the script's seed."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error_code: str = ""
    message: str = ""
    """What the error says; ``{key}`` is the key the caller sent."""
    seconds: float = 0.0
    """How long it waits before it answers."""
    content: str | None = None
    """What the model says instead."""
    replace: tuple[str, str] | None = None
    """A fault in the translation: the one put for the other."""
    company: str = ""
    """What becomes of the answers to several items in one request: missing, twice, extra, reordered, misnamed or bent."""
    refusal: str = ""
    finish_reason: str = "stop"
    raw: str | None = None
    """The whole body instead."""
    raw_times: int = 1
    """So many times over."""
    packed: int = 0
    """A body of so many noughts, gzipped: a bomb."""
    content_type: str = "application/json"
    usage: Any = ()
    """What stands under ``usage`` instead; None leaves it out."""
    hang_up: bool = False
    """Bill it, and reset the connection without an answer."""
    refuse_connection: bool = False
    """Reset the connection and bill nothing."""
    drip: float = 0.0
    """Seconds between the bytes of the answer."""
    cut: bool = False
    """Only half of the body comes, and the connection is reset."""
    used: int = 0


@dataclass
class Script:
    """What the server knows: a table of texts and their translations, and its rules; every answer takes ``seconds``."""

    table: dict[str, str] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    seconds: float = 0.0
    seed: int = 7
    schemas: bool = True
    """Whether it knows ``response_format``; else it refuses a request that has one."""
    headers: dict[str, str] = field(default_factory=dict)
    """With every answer."""
    days: list[Day] = field(default_factory=list)
    """How the batches go, in order."""
    faults: list[Fault] = field(default_factory=list)
    """Of the calls about batches."""

    def save(self, file: Path) -> None:
        """For a server in another process."""
        file.write_text(json.dumps(asdict(self)))

    @classmethod
    def load(cls, file: Path) -> "Script":
        data = json.loads(file.read_text())
        made = {"rules": Rule, "days": Day, "faults": Fault}
        return cls(**data | {name: [kind(**one) for one in data.get(name, [])] for name, kind in made.items()})


class Server:
    """The server; ``asked`` holds what it was asked, in order, as the witness file does."""

    def __init__(self, script: Script, *, witness: Path | None = None) -> None:
        self.script = script
        self.witness: BinaryIO | None = witness.open("ab", buffering=0) if witness else None
        self.back = {target: source for source, target in script.table.items()}
        self.asked: list[dict[str, Any]] = []
        self.bodies: list[dict[str, Any]] = []
        self.random = random.Random(script.seed)
        self.desk = Desk(self)
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def calls(self) -> int:
        return len(self.asked)

    async def start(self, port: int = 0) -> None:
        """Listen; afterwards ``url`` says where."""
        app = web.Application(client_max_size=2**28)
        app.router.add_post("/v1/chat/completions", self.chat)
        app.router.add_get("/v1/models", self.models)
        self.desk.routes(app)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port, backlog=1024)
        await site.start()
        self.port = runner.addresses[0][1]

    async def models(self, _: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": "some-model", "object": "model"}]})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        """``POST …/chat/completions``."""
        asked = json.loads(await request.read())
        self.bodies.append(asked)
        prompt, data = understood(asked)
        rule = self.rule_for(prompt, json.dumps(data, ensure_ascii=False))
        if wait := rule.seconds or self.script.seconds:
            await asyncio.sleep(wait)
        if "response_format" in asked and not self.script.schemas:
            rule = Rule(status=400, message="response_format is not supported", error_code="invalid_request_error")
        if rule.refuse_connection:
            return self._reset(request)
        usage = tokens(asked, len(json.dumps(data))) if rule.status == 200 else {}
        self.bill(prompt, data, rule, usage)
        if rule.hang_up:
            return self._reset(request)
        return await self._answer(request, rule, self.body(request, asked, data, prompt, rule, usage))

    def answer_to(self, request: web.Request, asked: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body of the answer to one line of a batch, which is billed like a call."""
        self.bodies.append(asked)
        prompt, data = understood(asked)
        rule = self.rule_for(prompt, json.dumps(data, ensure_ascii=False))
        usage = tokens(asked, len(json.dumps(data))) if rule.status == 200 else {}
        self.bill(prompt, data, rule, usage)
        return rule.status, self.body(request, asked, data, prompt, rule, usage)

    def rule_for(self, prompt: str, data: str) -> Rule:
        for rule in self.script.rules:
            fits = rule.prompt in ("", prompt) and rule.text in data
            if fits and (rule.times is None or rule.used < rule.times) and self.random.random() < rule.share:
                rule.used += 1
                return rule
        return Rule()

    def bill(self, prompt: str, data: Any, rule: Rule, usage: dict[str, int]) -> None:
        """Write a request down at the moment it costs money, whether or not its answer arrives."""
        told = bool(usage) and not rule.hang_up and not rule.cut and rule.raw is None and not rule.packed and rule.usage == ()
        line = {"at": time.time(), "prompt": prompt, "data": data, "status": rule.status, "tokens": sum(usage.values()), "told": told}
        self.asked.append(line)
        self.note(line)

    def note(self, line: dict[str, Any]) -> None:
        """A line for the witness."""
        if self.witness:
            self.witness.write(json.dumps(line).encode() + b"\n")

    def body(
        self, request: web.Request, asked: dict[str, Any], data: Any, prompt: str, rule: Rule, usage: dict[str, int]
    ) -> bytes:  # fmt: skip
        if rule.raw is not None:
            return rule.raw.encode() * rule.raw_times
        if rule.status != 200:
            key = request.headers.get("Authorization", "").removeprefix("Bearer ")
            said = rule.message.replace("{key}", key) or f"scripted {rule.status}"
            return json.dumps({"error": {"message": said, "type": rule.error_code, "code": rule.error_code}}).encode()
        content = rule.content
        if content is None:
            answer = self.together(data, prompt, rule) if ONE.search(asked["messages"][-1]["content"]) else self.translated(data, prompt == BACK)
            content = json.dumps(answer, ensure_ascii=False)
        if rule.replace:
            content = content.replace(*rule.replace)
        message = {"role": "assistant", "content": None if rule.refusal else content, "refusal": rule.refusal or None}
        answer = {
            "id": f"chatcmpl-{len(self.asked)}",
            "object": "chat.completion",
            "created": 0,
            "model": asked["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": rule.finish_reason}],
            "usage": usage | {"total_tokens": sum(usage.values())} if rule.usage == () else rule.usage,
        }
        if answer["usage"] is None:
            del answer["usage"]
        return json.dumps(answer).encode()

    def translated(self, value: Any, back: bool) -> Any:
        """Every text by the table; one that is not in it gets a mark, and loses it on the way back."""
        if isinstance(value, dict):
            return {key: self.translated(one, back) for key, one in value.items()}
        if isinstance(value, list):
            return [self.translated(one, back) for one in value]
        if not isinstance(value, str):
            return value
        if back:
            return self.back.get(value, value.removeprefix("«").removesuffix("»"))
        return self.script.table.get(value, MARK.format(value))

    def together(self, data: dict[str, Any], prompt: str, rule: Rule) -> dict[str, Any]:
        """The answers to several items, with what the rule has go wrong; it always befalls the first."""
        said = [{"id": name, "answer": self.translated(one, prompt == BACK)} for name, one in data.items()]
        if rule.company == "missing":
            del said[0]
        elif rule.company == "twice":
            said.append({"id": said[0]["id"], "answer": said[1]["answer"]})
        elif rule.company == "extra":
            said.append({"id": "another", "answer": said[0]["answer"]})
        elif rule.company == "reordered":
            said.reverse()
        elif rule.company == "misnamed":
            said[0]["id"] += "0"
        elif rule.company == "bent":
            said[0]["answer"] = {"words": "?"}
        return {"answers": said}

    async def _answer(self, request: web.Request, rule: Rule, body: bytes) -> web.StreamResponse:
        headers = {"Content-Type": rule.content_type, **self.script.headers, **rule.headers}
        if rule.packed:
            body, headers["Content-Encoding"] = gzip.compress(b"0" * rule.packed), "gzip"
        if not (rule.drip or rule.cut):
            return web.Response(status=rule.status, body=body, headers=headers)
        answer = web.StreamResponse(status=rule.status, headers={**headers, "Content-Length": str(len(body))})
        await answer.prepare(request)
        with suppress(ConnectionError):
            if rule.cut:
                await answer.write(body[: len(body) // 2])
                return self._reset(request)
            for at in range(len(body)):
                await answer.write(body[at : at + 1])
                await asyncio.sleep(rule.drip)
        return answer

    @staticmethod
    def _reset(request: web.Request) -> web.StreamResponse:
        if request.transport:
            request.transport.abort()
        return web.Response()  # which nobody gets


def understood(asked: dict[str, Any]) -> tuple[str, Any]:
    """The prompt a request was made by, as far as its form tells, and the data in it."""
    user = asked["messages"][-1]["content"]
    if several := ONE.findall(user):
        each = {name: DATA.search(one) for name, one in several}
        first = next(iter(each.values()))
        return (BACK if first[1] == "text" else "translate"), {name: json.loads(one[2]) for name, one in each.items()}
    found = DATA.search(user)
    if not found:
        return "", user
    return (BACK if found[1] == "text" else "translate"), json.loads(found[2])


def tokens(asked: dict[str, Any], answer: int) -> dict[str, int]:
    """What a call costs here: a token for four characters."""
    return {"prompt_tokens": sum(len(one["content"]) for one in asked["messages"]) // 4, "completion_tokens": answer // 4}


@contextmanager
def serving(script: Script) -> Iterator[Server]:
    """The server in a thread of this process."""
    server, loop = Server(script), asyncio.new_event_loop()
    loop.run_until_complete(server.start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def sentences(n: int) -> dict[str, str]:
    """So many English sentences, each with a number of its own, and their Swahili: every check lets them pass."""
    return {
        f"The old bus number {i} stops at the market every morning before the shops open.": (
            f"Basi kuukuu namba {i} husimama sokoni kila asubuhi kabla ya maduka kufunguliwa."
        )
        for i in range(100, 100 + n)
    }


async def forever(server: Server, port: int) -> None:
    """Serve until the process ends; the address is the first line printed."""
    await server.start(port)
    print(server.url, flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--witness", type=Path)
    parser.add_argument("--script", type=Path)
    options = parser.parse_args()
    script = Script.load(options.script) if options.script else Script()
    with suppress(KeyboardInterrupt):
        asyncio.run(forever(Server(script, witness=options.witness), options.port))


if __name__ == "__main__":
    main()
