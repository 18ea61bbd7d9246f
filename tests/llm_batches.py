"""The scripted server's desk for batches: files come in, are worked on at once or after a while, and have the bad days a test wants."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

WINDOW = 24 * 3600


@dataclass
class Day:
    """How one batch goes: one for each that is created, in order; afterwards all go well."""

    seconds: float = 0.0
    """From its creation to its end."""
    ends: str = "completed"
    """Or expired, cancelled, failed."""
    share: float = 1.0
    """So much of it, from the beginning, is answered by its end."""
    missing: int = 0
    """So many answered lines, the first ones, are in no file; they are billed all the same."""
    doubled: int = 0
    """So many lines stand there twice."""
    strange: int = 0
    """So many lines are of requests nobody made, or are none."""
    told: bool = True
    """Whether the requests that were not reached stand in the error file."""
    message: str = ""


@dataclass
class Fault:
    """One bad answer to a call about batches: upload, create, list, see, cancel or content."""

    on: str
    status: int = 200
    raw: str | None = None
    """The body instead."""
    reset: bool = False
    """What was asked is done, and the connection reset without an answer."""
    after: float = 0.0
    """What was asked is done, and the answer comes after so many seconds."""
    message: str = ""
    times: int = 1
    used: int = 0


@dataclass
class Kept:
    """One batch."""

    id: str
    lines: list[dict[str, Any]]
    said: dict[str, Any]
    day: Day
    began: float = field(default_factory=time.time)
    status: str = "in_progress"
    files: dict[str, str] = field(default_factory=dict)
    answered: int = 0


class Desk:
    """Files and batches of one server, which answers and bills each line as it would a call."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.files: dict[str, bytes] = {}
        self.kept: dict[str, Kept] = {}

    def routes(self, app: web.Application) -> None:
        for verb, path, on, answer in [
            ("POST", "/v1/files", "upload", self.upload),
            ("GET", "/v1/files/{id}/content", "content", self.content),
            ("POST", "/v1/batches", "create", self.create),
            ("GET", "/v1/batches", "list", self.list),
            ("GET", "/v1/batches/{id}", "see", self.see),
            ("POST", "/v1/batches/{id}/cancel", "cancel", self.cancel),
        ]:
            app.router.add_route(verb, path, self._with_faults(on, answer))

    def _with_faults(self, on: str, answer: Any) -> Any:
        async def handler(request: web.Request) -> web.StreamResponse:
            fault = next((one for one in self.server.script.faults if one.on == on and one.used < one.times), None)
            if fault is None:
                return await answer(request)
            fault.used += 1
            if fault.reset or fault.after:
                done = await answer(request)
                await asyncio.sleep(fault.after)
                return self.server._reset(request) if fault.reset else done
            key = request.headers.get("Authorization", "").removeprefix("Bearer ")
            body = json.dumps({"error": {"message": fault.message.replace("{key}", key)}}) if fault.raw is None else fault.raw
            return web.Response(status=fault.status, text=body, content_type="application/json")

        return handler

    async def upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        name = f"file-{len(self.files) + 1}"
        self.files[name] = form["file"].file.read()
        assert form["purpose"] == "batch"
        return web.json_response({"id": name, "object": "file", "purpose": "batch"})

    async def content(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["id"]])

    async def create(self, request: web.Request) -> web.Response:
        said = await request.json()
        lines = [json.loads(line) for line in self.files[said["input_file_id"]].splitlines()]
        days = self.server.script.days
        name = f"batch_{len(self.kept) + 1}"
        self.kept[name] = Kept(name, lines, said, days.pop(0) if days else Day())
        self.server.note({"at": time.time(), "batch": name, "requests": len(lines)})
        return self._shown(self.kept[name])

    async def list(self, request: web.Request) -> web.Response:
        newest = list(reversed(self.kept.values()))
        after = request.query.get("after")
        first = next((n for n, one in enumerate(newest, 1) if one.id == after), 0)
        page = newest[first : first + int(request.query.get("limit", 20))]
        return web.json_response({"data": [self._object(one) for one in page], "has_more": first + len(page) < len(newest)})

    async def see(self, request: web.Request) -> web.Response:
        one = self.kept[request.match_info["id"]]
        if one.status == "in_progress" and time.time() >= one.began + one.day.seconds:
            self._work(one, request, one.day.ends)
        return self._shown(one)

    async def cancel(self, request: web.Request) -> web.Response:
        one = self.kept[request.match_info["id"]]
        if one.status != "in_progress":
            return web.json_response({"error": {"message": f"It is {one.status}."}}, status=409)
        self._work(one, request, "cancelled")
        return self._shown(one)

    def _work(self, one: Kept, request: web.Request, ends: str) -> None:
        """Answer and bill what is reached; put the lines of both files down."""
        day, out, errors = one.day, [], []
        reached = 0 if ends == "failed" else round(len(one.lines) * day.share)
        for number, line in enumerate(one.lines):
            if number >= reached:
                code = {"expired": "batch_expired", "cancelled": "batch_cancelled"}.get(ends)
                if code and day.told:
                    errors.append({"custom_id": line["custom_id"], "response": None, "error": {"code": code, "message": "Not reached."}})
                continue
            status, body = self.server.answer_to(request, line["body"])
            answer = {"custom_id": line["custom_id"], "response": {"status_code": status, "request_id": "r", "body": json.loads(body)}}
            if number >= day.missing:
                (out if status == 200 else errors).append({"id": f"{one.id}-{number}", **answer, "error": None})
        out = out[::-1]  # in any order
        out += out[: day.doubled] + [{"custom_id": f"nobody-{n}", "response": None} for n in range(day.strange)]
        text = "\n".join(map(json.dumps, out)) + ("\n" if out else "") + "no JSON\n" * bool(day.strange)
        for kind, content in (("output", text), ("error", "".join(json.dumps(one) + "\n" for one in errors))):
            if content:
                one.files[kind] = f"file-{one.id}-{kind}"
                self.files[one.files[kind]] = content.encode()
        one.status, one.answered = ends, reached

    def _shown(self, one: Kept) -> web.Response:
        return web.json_response(self._object(one))

    def _object(self, one: Kept) -> dict[str, Any]:
        return {
            "id": one.id,
            "object": "batch",
            "status": one.status,
            "metadata": one.said.get("metadata"),
            "output_file_id": one.files.get("output"),
            "error_file_id": one.files.get("error"),
            "expires_at": int(one.began) + WINDOW,
            "request_counts": {"total": len(one.lines), "completed": one.answered, "failed": 0},
            "errors": {"data": [{"code": "refused", "message": one.day.message}]} if one.status == "failed" else None,
        }
