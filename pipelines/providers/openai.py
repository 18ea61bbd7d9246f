"""Any endpoint that speaks OpenAI's chat protocol: one that an admin listed, by its name, or the one the environment names."""

import re
from typing import Any, ClassVar, Literal, Self
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, PrivateAttr

from core.told import told
from pipelines.outbound import Access, environment
from pipelines.outbound.access import OFFICIAL
from pipelines.providers import Provider
from pipelines.providers._batches import Batches, answer_in, line
from pipelines.providers._client import Client
from pipelines.providers._protocol import response_format
from pipelines.providers._reading import completion
from pipelines.records import Completion, ProviderError, Request

NAME = re.compile(r"[a-z][a-z0-9-]*")
"""What may stand behind the @ of ``openai:MODEL@ENDPOINT``; ``some-model@2026`` is a model."""
WITHOUT_SCHEMAS: set[tuple[str, str]] = set()
"""Endpoint and model of servers that refused a schema."""


class OpenAI(Provider):
    """A chat model behind any OpenAI-compatible endpoint, by the official client: ``openai:MODEL``, or ``openai:MODEL@ENDPOINT``."""

    name: ClassVar[str] = "openai"
    label: ClassVar[str] = "OpenAI-compatible endpoint"
    main: ClassVar[str] = "model"
    example: ClassVar[dict[str, Any]] = {"model": "some-model"}
    in_batches: ClassVar[bool] = True

    model: str = Field(min_length=1, max_length=120)
    """The model's name as the endpoint knows it."""
    at: str = Field("", max_length=64)
    """The name of a listed endpoint; empty for that of the environment."""
    temperature: float | None = Field(None, ge=0, le=2)
    """Sent only when given: some models refuse it."""
    structured: Literal["auto", "schema", "prompt"] = "auto"
    """Whether the answer's form is sent as a JSON schema: yes, until the server refuses it; always; or never."""

    _connected: Client | None = PrivateAttr(None)
    _shown: str | None = PrivateAttr(None)
    _given: Access | None = PrivateAttr(None)

    @classmethod
    def read(cls, value: str) -> dict[str, Any]:
        model, at_sign, name = value.rpartition("@")
        return {"model": model, "at": name} if at_sign and model and NAME.fullmatch(name) else {"model": value}

    @property
    def reaches(self) -> str:
        return self.at

    def with_access(self, access: Access) -> Self:
        given = self.model_copy()
        given._given, given._shown, given._connected = access, None, None
        return given

    @property
    def rates(self) -> tuple[int, int, int]:
        limits = self._access.limits
        return limits.requests_per_minute or 0, limits.tokens_per_minute or 0, limits.concurrency or 0

    @property
    def _access(self) -> Access:
        if self._given is None and self.at:
            raise ProviderError("auth", told("The endpoint {name} was not opened.", name=self.at))
        return self._given or environment()

    def identity(self) -> dict[str, Any]:
        """By where it is and not by what we call it."""
        return {**super().identity(), "params": self.model_dump(mode="json", exclude={"at"})}

    @property
    def endpoint(self) -> str:
        """The base URL without user, password and query: it is shown and stored."""
        if self._shown is None:
            parts = urlsplit(self._access.base_url)
            self._shown = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", ""))
        return self._shown

    @property
    def model_name(self) -> str:
        return self.model

    def problem(self) -> str:
        if self.endpoint == OFFICIAL and not self._access.key:
            return told("OPENAI_API_KEY is not set: set it, or OPENAI_BASE_URL to an endpoint of yours.")
        return ""

    async def complete(self, request: Request) -> Completion:
        structured = self._structured
        try:
            return await self._ask(request, structured)
        except ProviderError as error:
            if not (structured and self.structured == "auto" and error.outcome == "bad_request" and "response_format" in str(error)):
                raise
            # Refused and not billed: this server takes the form from the prompt alone, now and from here on.
            WITHOUT_SCHEMAS.add((self.endpoint, self.model))
        return await self._ask(request, structured=False)

    async def _ask(self, request: Request, structured: bool) -> Completion:
        client = self._client
        return completion(await client.post("/chat/completions", self._body(request, structured)), request, client.safe)

    def _body(self, request: Request, structured: bool) -> dict[str, Any]:
        body = {"model": self.model, "messages": list(request.messages), **self._limits(request)}
        return body | ({"response_format": response_format(request)} if structured else {})

    @property
    def _structured(self) -> bool:
        return self.structured == "schema" or (self.structured == "auto" and (self.endpoint, self.model) not in WITHOUT_SCHEMAS)

    def _limits(self, request: Request) -> dict[str, Any]:
        # OpenAI's newer models refuse max_tokens, many other servers know nothing else.
        limit = "max_completion_tokens" if self.endpoint == OFFICIAL else "max_tokens"
        given = {} if self.temperature is None else {"temperature": self.temperature}
        return {limit: request.max_tokens, **given}

    def batch_line(self, key: str, request: Request) -> bytes:
        return line(key, self._body(request, self._structured))

    def batch_answer(self, said: dict[str, Any], request: Request) -> Completion:
        return answer_in(said, request, self._client)

    @property
    def batches(self) -> Batches:
        return Batches(self._client)

    @property
    def _client(self) -> Client:
        if self._connected is None:
            self._connected = Client(self._access)
        return self._connected

    async def close(self) -> None:
        if self._connected is not None:
            await self._connected.close()
