"""The HTTP client that goes where was checked: pinned to its addresses, without redirects or proxies, its answers bounded."""

import asyncio
import socket
from collections.abc import AsyncIterator
from functools import cache
from ssl import SSLContext

import aiohttp
import httpx2
from aiohttp.abc import AbstractResolver, ResolveResult

from pipelines.outbound.access import Access
from pipelines.outbound.bounded import bounded
from pipelines.outbound.checking import Checked, checked

ANSWER_BYTES = 16 * 1024 * 1024
CONNECTIONS = 1000
SECONDS = httpx2.Timeout(90.0, connect=10.0)


async def opened(access: Access, *, limit: int = ANSWER_BYTES) -> httpx2.AsyncClient:
    """A client that reaches the endpoint of `access` and nothing else; `Invalid` when its address is none we may connect to.

    The name is resolved now, and for this client once: `openai.AsyncOpenAI(http_client=…)` takes it.
    """
    return client(await asyncio.to_thread(checked, access.base_url, allow=access.allow), limit=limit)


def client(place: Checked, *, limit: int = ANSWER_BYTES, timeout: httpx2.Timeout = SECONDS) -> httpx2.AsyncClient:
    """A client whose every connection goes to a checked address of `place`; an answer over ``limit`` bytes, unpacked, fails.

    Redirects are answers like any other. HTTP_PROXY and its like are not heeded: a proxy would resolve the name anew.
    """
    headers = {"Accept-Encoding": "gzip"}  # what `bounded` can undo
    return httpx2.AsyncClient(
        transport=Pinned(place, limit), headers=headers, follow_redirects=False, trust_env=False, timeout=timeout
    )


class Pinned(httpx2.AsyncBaseTransport):
    """Sends requests for one origin, through sockets to its checked addresses, by the transport of openai.DefaultAioHttpClient."""

    def __init__(self, place: Checked, limit: int) -> None:
        # Loaded by whoever connects, for it takes a second. The package it is copied from would bring a second HTTP stack with it.
        from openai._vendor.httpx_aiohttp import AiohttpTransport

        self.place, self._limit = place, limit
        self._inner = AiohttpTransport(verify=_tls(), client=self._session)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if _origin(request.url) != self.place.origin:  # also when somebody lets the client follow redirects
            raise httpx2.UnsupportedProtocol("Refused: this client is for another server.", request=request)
        response = await self._inner.handle_async_request(request)
        encoding = response.headers.pop("content-encoding", "")
        response.stream = _Bounded(response.stream, self._limit, encoding)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=CONNECTIONS, ssl=_tls(), resolver=_Addresses(self.place), use_dns_cache=False, socket_factory=self._socket
        )
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)

    def _socket(self, address: aiohttp.AddrInfoType) -> socket.socket:
        """A socket for an address, if it is a checked one: the last look before the connection."""
        family, kind, protocol, _name, at = address
        if at[0] not in self.place.addresses or at[1] != self.place.port:
            raise OSError("Refused: this address was not checked.")
        return socket.socket(family, kind, protocol)


class _Addresses(AbstractResolver):
    """Answers with the checked addresses, asking nobody again."""

    def __init__(self, place: Checked) -> None:
        self._place = place

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_UNSPEC) -> list[ResolveResult]:
        if host != self._place.host:
            raise OSError("Refused: this host was not checked.")
        return [
            ResolveResult(
                hostname=host, host=one, port=port, proto=0, flags=socket.AI_NUMERICHOST,
                family=socket.AF_INET6 if ":" in one else socket.AF_INET,
            )
            for one in self._place.addresses
        ]  # fmt: skip

    async def close(self) -> None:
        """Nothing is open."""


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, limit: int, encoding: str) -> None:
        self._stream, self._limit, self._encoding = stream, limit, encoding

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in bounded(self._stream, limit=self._limit, encoding=self._encoding):
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def _origin(url: httpx2.URL) -> str:
    host = url.raw_host.decode()  # in ASCII, as it is asked for
    host = f"[{host}]" if ":" in host else host
    return f"{url.scheme}://{host}" + (f":{url.port}" if url.port else "")


@cache
def _tls() -> SSLContext:
    """The system's certificates, and those of SSL_CERT_FILE; made once, for it takes a while."""
    return httpx2.create_ssl_context()
