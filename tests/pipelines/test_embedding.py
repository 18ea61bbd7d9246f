"""Embedding similarity: cosines by hand, abstention without a model, and an endpoint's vectors in the order of the texts."""

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from math import sqrt

import pytest

from annotation.schema import Kind
from pipelines.judging import only
from pipelines.providers import provider
from pipelines.records import Draft, Generated, ProviderError, Request
from pipelines.steps import steps
from pipelines.steps.embedding import cosine

TEXT = Kind.model_validate({"fields": {"text": {"type": "text", "translate": True}}})
DRAFT = Draft(TEXT, {"text": "The cat sat."}, "en", "sw", content={"text": "Paka aliketi."}, back={"text": "A cat sat."})


def compared(vectors, draft=DRAFT, **params):
    asked = []

    async def generate(request: Request) -> Generated:
        asked.append(request)
        return Generated({"vectors": vectors}, "hash", "local:e5|prompt:embed")

    after = asyncio.run(steps.build({"name": "embedding", "params": params}).run(draft, generate))
    return {one.check: (one.verdict, one.value) for one in after.findings}, asked


def test_cosines_are_those_of_geometry():
    assert cosine([3, 4], [3, 4]) == 1 and cosine([1, 0], [0, 2]) == 0 and cosine([0, 1], [0, -2]) == -1
    assert cosine([1, 0], [1, 1]) == pytest.approx(1 / sqrt(2))
    assert cosine([0, 0], [1, 1]) is None and cosine([1], [1, 1]) is None


def test_the_source_is_compared_with_what_comes_back():
    found, (request,) = compared([[1, 0], [1, 1]])
    assert found == {"embedding": ("score", 0.7071)}
    assert request.input == {"texts": ["The cat sat.", "A cat sat."]} and request.by == "embed"


def test_a_multilingual_model_compares_the_translation_too():
    found, _ = compared([[1, 0], [1, 1], [0, 1]], multilingual=True, warn_below=0.5)
    assert found == {"embedding": ("score", 0.7071), "embedding_target": ("warn", 0.0)}


def test_without_an_embedding_model_it_abstains():
    async def never(request: Request) -> Generated:
        raise AssertionError("nothing is asked")

    after = asyncio.run(steps.build("embedding").run(DRAFT, only(["judge"], never)))
    assert [(one.verdict, one.value) for one in after.findings] == [("abstain", None)]


def test_without_a_back_translation_there_is_nothing_to_compare():
    assert compared([], Draft(TEXT, DRAFT.source, "en", "sw", content=DRAFT.content)) == ({}, [])


@pytest.fixture
def endpoint(monkeypatch):
    """A server that knows ``/v1/embeddings`` and answers what is put into ``said``."""
    said: dict = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said["asked"] = self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(said["answer"]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1")
    yield said
    server.shutdown()
    server.server_close()


def embedded(request: Request):
    async def ask():
        one = provider("openai_embeddings:e5")
        try:
            return await one.complete(request)
        finally:
            await one.close()

    return asyncio.run(ask())


def test_vectors_come_in_the_order_of_the_texts(endpoint):
    _, (request,) = compared([[1, 0], [1, 1]])
    endpoint["answer"] = {
        "data": [{"index": 1, "embedding": [1, 1]}, {"index": 0, "embedding": [1, 0]}], "usage": {"prompt_tokens": 7}
    }  # fmt: skip
    answer = embedded(request)
    assert answer.content == {"vectors": [[1, 0], [1, 1]]} and answer.usage.prompt_tokens == 7
    path, body = endpoint["asked"]
    assert path == "/v1/embeddings" and body["input"] == ["The cat sat.", "A cat sat."] and body["model"] == "e5"


@pytest.mark.parametrize("answer", [{"data": []}, {"data": [{"index": 0, "embedding": ["x"]}]}, {"error": "?"}, []])
def test_an_answer_without_the_vectors_is_no_answer(endpoint, answer):
    _, (request,) = compared([[1, 0], [1, 1]])
    endpoint["answer"] = answer
    with pytest.raises(ProviderError) as refused:
        embedded(request)
    assert refused.value.outcome == "schema"


def test_it_translates_nothing():
    request = Request("translate", "translate:1", (), {"text": "x"})
    with pytest.raises(ProviderError, match="answers no translate"):
        embedded(request)
