"""Answers that are too long: counted while they come and while they are unpacked."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.outbound import TooLarge, Unreadable, bounded

MIB = 1024 * 1024


async def chunked(data: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


def read(data: bytes, limit: int, encoding: str = "", size: int = 1000) -> bytes:
    async def all_of_it() -> bytes:
        return b"".join([piece async for piece in bounded(chunked(data, size), limit=limit, encoding=encoding)])

    return asyncio.run(all_of_it())


@given(data=st.binary(max_size=5000), size=st.integers(1, 300), packed=st.sampled_from(["", "gzip", "deflate"]))
def test_what_was_sent_is_read_whatever_the_pieces(data, size, packed):
    sent = {"": bytes, "gzip": gzip.compress, "deflate": zlib.compress}[packed](data)
    assert read(sent, len(data), packed, size) == data
    if data:
        pytest.raises(TooLarge, read, sent, len(data) - 1, packed, size)


def test_two_packed_parts_after_one_another_are_one_text():
    assert read(gzip.compress(b"one ") + gzip.compress(b"two"), 100, "gzip") == b"one two"


def test_a_bomb_costs_no_memory():
    bomb = zlib.compressobj(9, wbits=31)
    data = b"".join(bomb.compress(bytes(MIB)) for _ in range(200)) + bomb.flush()
    assert len(data) < MIB
    tracemalloc.start()
    pytest.raises(TooLarge, read, data, MIB, "gzip", len(data))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 8 * MIB


def test_a_bomb_unpacked_at_once_does_cost_it():
    """The control: the same bytes by the obvious call."""
    data = gzip.compress(bytes(50 * MIB))
    tracemalloc.start()
    assert len(gzip.decompress(data)) == 50 * MIB
    assert tracemalloc.get_traced_memory()[1] > 50 * MIB
    tracemalloc.stop()


CUT = gzip.compress(b"abc", mtime=0)[:-9]


@pytest.mark.parametrize(("data", "encoding"), [(b"plain", "gzip"), (b"x", "br"), (b"x", "gzip, gzip"), (CUT, "gzip")])
def test_what_cannot_be_unpacked_is_said(data, encoding):
    pytest.raises(Unreadable, read, data, 100, encoding)
