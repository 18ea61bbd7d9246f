"""Who answers: one file a provider. The contract is `Provider`; `providers` is the registry, `provider("openai:MODEL")` the short way."""

from typing import Any, ClassVar, Self

from core.errors import Invalid
from core.plugins import Plugin, Registry
from pipelines.outbound import Access
from pipelines.records import Completion, Request


class Provider(Plugin):
    """One way to have a request answered. Keys and addresses are handed to it, and are never parameters."""

    recorded: ClassVar[bool] = False
    """Whether its answers are recordings: then everything made of them says so."""
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
        raise Invalid(f"The provider {name} takes nothing after a colon.")
    if main and not value:
        raise Invalid(f"Write {name}:{main.upper()} to say which {main}.")
    return providers.build({"name": name, "params": providers.get(name).read(value) if main else {}})
