"""Batches by OpenAI's protocol: the lines of their files, and the calls about them (``/files`` and ``/batches``)."""

from pathlib import Path
from typing import Any

import httpx2
import orjson

from core.told import told
from pipelines.providers._client import Client
from pipelines.providers._reading import completion_in, loaded, outcome_of
from pipelines.records import BatchState, Completion, ProviderError, Request, Usage

URL = "/v1/chat/completions"
WINDOW = "24h"
NAME = "dragoman_batch"
"""Under this key of its metadata stands our name of a batch: by it one is found whose creation was not answered."""
PAGES = 20
"""So many lists of a hundred batches are looked through for one."""
NOT_BEGUN = ("batch_expired", "batch_cancelled")
"""Codes of requests that nobody worked on, and nobody pays for."""
STATES = {"completed": "completed", "expired": "expired", "cancelled": "cancelled", "failed": "failed"}


def line(key: str, body: dict[str, Any]) -> bytes:
    """A request as a line of a batch's file, which vLLM's batch runner reads, too; its answer comes back under ``key``."""
    return orjson.dumps({"custom_id": key, "method": "POST", "url": URL, "body": body}) + b"\n"


def answer_in(said: dict[str, Any], request: Request, client: Client) -> Completion:
    """The completion in a line of the output or error file; `ProviderError` where it has none."""
    response, error = said.get("response"), said.get("error")
    response = response if isinstance(response, dict) else {}
    error = error if isinstance(error, dict) else {}
    body, status = response.get("body"), response.get("status_code")
    if status == 200 and isinstance(body, dict):
        return completion_in(body, request, client.safe)
    code = str(error.get("code") or "")
    if code in NOT_BEGUN:
        raise ProviderError("transient", told("The batch ended before this request was worked on ({code}).", code=code))
    inner = body.get("error") if isinstance(body, dict) else None
    inner = inner if isinstance(inner, dict) else {}
    message = client.safe(inner.get("message") or error.get("message") or told("no reason given"))
    if isinstance(status, int) and not isinstance(status, bool) and status != 200:
        outcome = outcome_of(status, str(inner.get("code") or code))
        # In a batch that was accepted the key and the quota are good: it is about this request, and may pass.
        raise ProviderError("transient" if outcome in ("auth", "quota") else outcome, f"HTTP {status}: {message}")
    raise ProviderError("transient", told("No answer in the batch: {message}", message=message), usage=Usage(told=False))


class Batches:
    """The calls about batches at one endpoint. Each raises `ProviderError`; none retries by itself."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def upload(self, file: Path) -> str:
        """Send a batch's file; its name at the endpoint."""
        said = self._said(await self._client.upload(file, purpose="batch"))
        if not isinstance(said.get("id"), str):
            raise ProviderError("transient", told(
                "The endpoint took the file and did not name it: {said}",
                said=self._client.safe(said),
            ))
        return said["id"]

    async def create(self, file_id: str, name: str) -> BatchState:
        """Have the requests of a file worked on, at a batch's price."""
        body = {"input_file_id": file_id, "endpoint": URL, "completion_window": WINDOW, "metadata": {NAME: name}}
        return self._state(await self._client.post("/batches", body))

    async def find(self, name: str) -> BatchState | None:
        """The batch that we named so, if the endpoint has it; an endpoint that cannot say has none."""
        after = ""
        for _ in range(PAGES):
            said = self._said(await self._client.get(f"/batches?limit=100{after}"))
            found = [one for one in said.get("data") or [] if isinstance(one, dict)]
            for one in found:
                if isinstance(one.get("metadata"), dict) and one["metadata"].get(NAME) == name:
                    return self._read(one)
            if not said.get("has_more") or not found:
                return None
            after = f"&after={found[-1].get('id')}"
        return None

    async def state(self, batch_id: str) -> BatchState:
        """How far it is."""
        return self._state(await self._client.get(f"/batches/{batch_id}"))

    async def cancel(self, batch_id: str) -> BatchState:
        """Have it ended; what is done by then is still paid for, and can be read."""
        return self._state(await self._client.post(f"/batches/{batch_id}/cancel", {}))

    async def download(self, file_id: str, to: Path) -> None:
        """Have a file of results written to a place."""
        await self._client.download(file_id, to)

    def _said(self, answer: httpx2.Response) -> dict[str, Any]:
        return loaded(answer.content, self._client.safe)

    def _state(self, answer: httpx2.Response) -> BatchState:
        return self._read(self._said(answer))

    def _read(self, said: dict[str, Any]) -> BatchState:
        if not isinstance(said.get("id"), str) or not isinstance(said.get("status"), str):
            raise ProviderError("transient", told("The endpoint's answer is no batch: {said}", said=self._client.safe(said)))
        counts = said.get("request_counts")
        counts = {name: n for name, n in counts.items() if isinstance(n, int)} if isinstance(counts, dict) else {}
        files = tuple(said[name] for name in ("output_file_id", "error_file_id") if isinstance(said.get(name), str) and said[name])
        errors = said.get("errors")
        errors = errors.get("data") if isinstance(errors, dict) else None
        why = "; ".join(str(one.get("message") or one.get("code")) for one in errors or [] if isinstance(one, dict))
        until = said.get("expires_at")
        return BatchState(
            id=said["id"],
            ended=STATES.get(said["status"], ""),
            status=self._client.safe(said["status"]),
            files=files,
            answered=counts.get("completed", 0) + counts.get("failed", 0),
            until=until if isinstance(until, int) else None,
            error=self._client.safe(why) if why else "",
        )
