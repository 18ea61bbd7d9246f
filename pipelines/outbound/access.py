"""What a provider is handed to reach its endpoint: where it is, the key, and how much may be asked of it."""

import os
from dataclasses import dataclass, field

from core.errors import Invalid
from pipelines.outbound.allowed import AllowList, allow_list, endpoint_hosts
from pipelines.outbound.urls import parsed

# So many first letters of a key are no secret: they name the vendor.
LEAST_TELLING = 6
OFFICIAL = "https://api.openai.com/v1"


@dataclass(frozen=True)
class Limits:
    """How much may be asked of an endpoint; None where nothing is said."""

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    concurrency: int | None = None


@dataclass(frozen=True)
class Access:
    """The way to one endpoint. The key belongs to ``origin`` and is sent nowhere else; it shows in no ``repr``."""

    name: str
    """The endpoint's name; empty for the one of the environment."""
    base_url: str
    key: str = field(repr=False)
    allow: AllowList = field(repr=False)
    limits: Limits = Limits()

    @property
    def origin(self) -> str:
        return parsed(self.base_url).origin

    def without_key(self, text: str) -> str:
        """An error's text with the key blacked out, also where it was cut off within the key and ends in ``…``.

        For what is said of an answer, never for the answer: a server that asks for no key may have been given an everyday word.
        """
        if not self.key:
            return text
        text = text.replace(self.key, "[key]")
        for length in range(len(self.key) - 1, LEAST_TELLING, -1):
            text = text.replace(f"{self.key[:length]}…", "[key]…")
        return text


def environment() -> Access:
    """The access to the endpoint of OPENAI_BASE_URL, with OPENAI_API_KEY.

    It is the operator's own word: its host may be anywhere, as if DRAGOMAN_ENDPOINT_HOSTS listed it, but only for this access.
    """
    base_url = os.environ.get("OPENAI_BASE_URL", "").strip() or OFFICIAL
    return Access("", base_url, os.environ.get("OPENAI_API_KEY", "").strip(), _own_word(base_url))


def _own_word(base_url: str) -> AllowList:
    try:
        place = parsed(base_url)
    except Invalid:  # whoever connects to it is told what is wrong with it
        return endpoint_hosts()
    host = f"[{place.host}]" if ":" in place.host else place.host
    return allow_list("OPENAI_BASE_URL", (f"{host}:{place.port}",))
