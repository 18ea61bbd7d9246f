"""Embeddings from any endpoint that speaks OpenAI's protocol, such as a model server on this machine."""

from typing import Any, ClassVar

import httpx2
import orjson

from core.told import told
from pipelines.providers._answers import form_problem
from pipelines.providers._protocol import allowance
from pipelines.providers._reading import usage as usage_of
from pipelines.providers.openai import OpenAI
from pipelines.records import Completion, ProviderError, Request, Usage


class OpenAIEmbeddings(OpenAI):
    """An embedding model behind any OpenAI-compatible endpoint: answers the prompt ``embed`` with a vector for each text, and no other."""

    name: ClassVar[str] = "openai_embeddings"
    label: ClassVar[str] = "OpenAI-compatible embeddings"
    example: ClassVar[dict[str, Any]] = {"model": "some-embedding-model"}
    in_batches: ClassVar[bool] = False

    async def complete(self, request: Request) -> Completion:
        if request.prompt != "embed":
            raise ProviderError("bad_request", told(
                "An embedding model answers no {prompt}: name it as the embedder.",
                prompt=request.prompt,
            ))
        body = {"model": self.model, "input": request.input["texts"], "encoding_format": "float"}
        return _vectors(await self._client.post("/embeddings", body), request)


def _vectors(answer: httpx2.Response, request: Request) -> Completion:
    """The vectors in the order of the texts, whatever order they came in."""
    try:
        said = orjson.loads(answer.content)
        used = said.get("usage")
        usage = usage_of(used and {"completion_tokens": 0} | used)
        content = {"vectors": [one["embedding"] for one in sorted(said["data"], key=lambda one: one["index"])]}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ProviderError("schema", told("The endpoint's answer holds no embeddings."), usage=Usage(told=False)) from None
    if problem := form_problem(content, request):
        raise ProviderError("schema", told("The answer has the wrong form: {problem}.", problem=problem[:200]), usage=usage)
    return Completion(content, usage=usage, allowance=allowance(answer.headers))
