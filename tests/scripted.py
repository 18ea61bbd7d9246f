"""A scripted OpenAI-compatible server on the loopback: translates by a table, has the bad days a test wants, and writes down what it billed.

``python -m tests.scripted --port 0 --witness FILE --script FILE`` runs it as a process of its own.
"""

import argparse
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Rule:
    """One bad day: it applies to requests of a prompt and with a text, so many times, and is then over."""

    prompt: str = ""
    """translate or back_translate; empty for both."""
    text: str = ""
    """Only requests whose data holds it."""
    times: int | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error_code: str = ""
    seconds: float = 0.0
    """How long it waits before it answers."""
    content: str | None = None
    """What the model says instead."""
    replace: tuple[str, str] | None = None
    """A fault in the translation: the one put for the other."""
    refusal: str = ""
    finish_reason: str = "stop"
    raw: str | None = None
    """The whole body instead."""
    hang_up: bool = False
    """Bill it, and close the connection without an answer."""
    used: int = 0


@dataclass
class Script:
    """What the server knows: a table of texts and their translations, and its rules; every answer takes ``seconds``."""

    table: dict[str, str] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    seconds: float = 0.0

    def save(self, file: Path) -> None:
        """For a server in another process."""
        file.write_text(json.dumps(asdict(self)))

    @classmethod
    def load(cls, file: Path) -> "Script":
        data = json.loads(file.read_text())
        return cls(data["table"], [Rule(**rule) for rule in data["rules"]], data["seconds"])


class Server(ThreadingHTTPServer):
    """The server; ``asked`` holds what it was asked, in order, as the witness file does."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, script: Script, *, port: int = 0, witness: Path | None = None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.script, self.witness = script, witness
        self.back = {target: source for source, target in script.table.items()}
        self.asked: list[dict[str, Any]] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def rule_for(self, prompt: str, data: str) -> Rule:
        with self.lock:
            for rule in self.script.rules:
                fits = rule.prompt in ("", prompt) and rule.text in data
                if fits and (rule.times is None or rule.used < rule.times):
                    rule.used += 1
                    return rule
        return Rule()

    def bill(self, prompt: str, data: Any, rule: Rule, tokens: int) -> None:
        """Write a request down at the moment it costs money, whether or not its answer arrives."""
        line = {"at": time.time(), "prompt": prompt, "data": data, "status": rule.status, "tokens": tokens}
        with self.lock:
            self.asked.append(line)
            if self.witness:
                with self.witness.open("a") as file:
                    file.write(json.dumps(line) + "\n")

    def translated(self, value: Any, back: bool) -> Any:
        """Every text by the table; one that is not in it gets a mark, and loses it on the way back."""
        if isinstance(value, dict):
            return {key: self.translated(one, back) for key, one in value.items()}
        if isinstance(value, list):
            return [self.translated(one, back) for one in value]
        if back:
            return self.back.get(value, value.removeprefix("«").removesuffix("»"))
        return self.script.table.get(value, f"«{value}»")


class Handler(BaseHTTPRequestHandler):
    """One request: ``POST …/chat/completions``."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        user = asked["messages"][-1]["content"]
        prompt = "back_translate" if user.startswith("<text>") else "translate"
        data = json.loads(user.split("\n")[1])
        rule = self.server.rule_for(prompt, json.dumps(data, ensure_ascii=False))
        time.sleep(rule.seconds or self.server.script.seconds)
        body = self._body(asked, data, prompt, rule)
        self.server.bill(prompt, data, rule, len(user) // 4 if rule.status == 200 else 0)
        if rule.hang_up:
            self.close_connection = True
            return
        self._send(rule, body)

    def _body(self, asked: dict[str, Any], data: Any, prompt: str, rule: Rule) -> bytes:
        if rule.raw is not None:
            return rule.raw.encode()
        if rule.status != 200:
            said = {"message": f"scripted {rule.status}", "type": rule.error_code, "code": rule.error_code}
            return json.dumps({"error": said}).encode()
        content = rule.content
        if content is None:
            content = json.dumps(self.server.translated(data, prompt == "back_translate"), ensure_ascii=False)
        if rule.replace:
            content = content.replace(*rule.replace)
        message = {"role": "assistant", "content": None if rule.refusal else content, "refusal": rule.refusal or None}
        tokens = {"prompt_tokens": len(str(asked["messages"])) // 4, "completion_tokens": len(content) // 4}
        return json.dumps(
            {
                "id": f"chatcmpl-{len(self.server.asked)}",
                "object": "chat.completion",
                "created": 0,
                "model": asked["model"],
                "choices": [{"index": 0, "message": message, "finish_reason": rule.finish_reason}],
                "usage": tokens | {"total_tokens": sum(tokens.values())},
            }
        ).encode()

    def _send(self, rule: Rule, body: bytes) -> None:
        with suppress(ConnectionError):  # the client may be dead by now: that is what some tests are about
            self.send_response(rule.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in rule.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet: the witness file is the log."""


@contextmanager
def serving(script: Script) -> Iterator[Server]:
    """The server in threads of this process."""
    server = Server(script)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def sentences(n: int) -> dict[str, str]:
    """So many English sentences, each with a number of its own, and their Swahili: every check lets them pass."""
    return {
        f"The old bus number {i} stops at the market every morning before the shops open.": (
            f"Basi kuukuu namba {i} husimama sokoni kila asubuhi kabla ya maduka kufunguliwa."
        )
        for i in range(100, 100 + n)
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--witness", type=Path)
    parser.add_argument("--script", type=Path, required=True)
    options = parser.parse_args()
    server = Server(Script.load(options.script), port=options.port, witness=options.witness)
    print(server.url, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
