"""Who answers: one file a provider. The contract is `Provider`; `providers` is the registry, `provider("openai:MODEL")` the short way."""

from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

from core.errors import Invalid
from core.plugins import Plugin, Registry
from core.told import told
from pipelines.outbound import Access
from pipelines.records import BatchState, Completion, Request


class Batches(Protocol):
    """The calls about batches at an endpoint: each raises `ProviderError`, and none retries by itself."""

    async def upload(self, file: Path) -> str: ...
    async def create(self, file_id: str, name: str) -> BatchState: ...
    async def find(self, name: str) -> BatchState | None: ...
    async def state(self, batch_id: str) -> BatchState: ...
    async def cancel(self, batch_id: str) -> BatchState: ...
    async def download(self, file_id: str, to: Path) -> None: ...


class Provider(Plugin):
    """One way to have a request answered. Keys and addresses are handed to it, and are never parameters."""

    recorded: ClassVar[bool] = False
    """Whether its answers are recordings: then everything made of them says so."""
    in_batches: ClassVar[bool] = False
    """Whether its requests can be put into batches, which cost less and take a day: then it has the three `batch…` below."""
    main: ClassVar[str] = ""
    """The parameter that stands after the colon in ``openai:MODEL``; empty when it takes none."""

    async def complete(self, request: Request) -> Completion:
        """The answer; raises `ProviderError`, typed, when there is none. Never retries by itself."""
        raise NotImplementedError(f"{self.name} answers nothing")

    @classmethod
    def read(cls, value: str) -> dict[str, Any]:
        """The parameters that stand after the colon in ``openai:MODEL``."""
        return {cls.main: value}

    @property
    def reaches(self) -> str | None:
        """The name of the endpoint it must be given access to, empty for the environment's; None when it reaches nothing."""
        return None

    def with_access(self, access: Access) -> Self:
        """This provider with the way to its endpoint, and the key to it."""
        return self

    @property
    def rates(self) -> tuple[int, int, int]:
        """Requests and tokens a minute and calls at once that the operator allows; 0 where nothing is said."""
        return 0, 0, 0

    @property
    def endpoint(self) -> str:
        """Where requests go, as shown and hashed; empty for a local one."""
        return ""

    @property
    def model_name(self) -> str:
        """The model, as shown and hashed; empty when there is none."""
        return ""

    def identity(self) -> dict[str, Any]:
        """What decides the answer besides the request: part of the request hash."""
        return {"provider": self.name, "endpoint": self.endpoint, "params": self.model_dump(mode="json")}

    @property
    def reads_files(self) -> bool:
        """Whether it answers from files of this machine that its parameters name: only the operator may ask for that."""
        return False

    def problem(self) -> str:
        """Why it cannot be used as things stand, in one sentence; empty when it can. Asked before a run starts."""
        return ""

    def batch_line(self, key: str, request: Request) -> bytes:
        """A request as a line of a batch's file; its answer comes back under ``key``."""
        raise NotImplementedError(f"{self.name} takes no batches")

    def batch_answer(self, said: dict[str, Any], request: Request) -> Completion:
        """The answer in a line of a batch's results; raises `ProviderError`, typed, when there is none."""
        raise NotImplementedError(f"{self.name} takes no batches")

    @property
    def batches(self) -> "Batches":
        """The calls about batches at its endpoint."""
        raise NotImplementedError(f"{self.name} takes no batches")

    async def close(self) -> None:
        """Let go of connections; the next request opens new ones."""


providers: Registry[Provider] = Registry("provider", "pipelines.providers", Provider)


def provider(text: str | dict[str, Any]) -> Provider:
    """A provider from ``name``, ``name:value`` (``openai:gpt-5-mini``, ``replay:demo``) or a spec."""
    if isinstance(text, dict):
        return providers.build(text)
    name, colon, value = text.partition(":")
    main = providers.get(name).main
    if colon and not main:
        raise Invalid(told("The provider {name} takes nothing after a colon.", name=name))
    if main and not value:
        raise Invalid(told("Write {name}:{main} to say which {main_2}.", name=name, main=main.upper(), main_2=main))
    return providers.build({"name": name, "params": providers.get(name).read(value) if main else {}})
