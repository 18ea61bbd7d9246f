"""Reading an answer that may be too long: bytes are counted as they come, and as they are unpacked, never after."""

import zlib
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator

from core.told import told

PIECE = 64 * 1024
PACKED = ("gzip", "x-gzip", "deflate")
PLAIN = ("", "identity")


class TooLarge(Exception):
    """The answer is longer than it may be; as text, a whole sentence."""


class Unreadable(Exception):
    """The answer's packing cannot be undone; as text, a whole sentence."""


async def bounded(chunks: AsyncIterable[bytes], *, limit: int, encoding: str = "") -> AsyncIterator[bytes]:
    """The bytes, unpacked when ``encoding`` says gzip or deflate, in pieces of at most 64 KiB where they were packed.

    Raises `TooLarge` before more than ``limit`` bytes were given on, `Unreadable` for another encoding or broken packing.
    """
    unpack = _unpacking(encoding.strip().lower())
    seen = 0
    async for chunk in chunks:
        for piece in unpack(chunk):
            seen += len(piece)
            if seen > limit:
                raise TooLarge(told("The answer is longer than {limit:,} bytes.", limit=limit))
            yield piece
    if not getattr(unpack, "whole", True):
        raise Unreadable(told("The answer breaks off within what is packed."))


def _unpacking(encoding: str) -> Callable[[bytes], Iterable[bytes]]:
    if encoding in PLAIN:
        return lambda chunk: (chunk,)
    if encoding in PACKED:
        return _Unpack()
    raise Unreadable(told("The answer is packed in a way that was not asked for."))


class _Unpack:
    """Undoes gzip or zlib, a piece at a time, so that a bomb costs one piece of memory."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=47)  # 32 + 15: either header
        self._begun = False

    @property
    def whole(self) -> bool:
        """Whether what was packed has come to its end."""
        return not self._begun

    def __call__(self, data: bytes) -> Iterator[bytes]:
        while data:
            self._begun = True
            try:
                piece = self._stream.decompress(data, PIECE)
            except zlib.error:
                raise Unreadable(told("The answer says it is packed and is not.")) from None
            if piece:
                yield piece
            data = self._stream.unconsumed_tail
            if self._stream.eof:  # another packed part may follow
                data = self._stream.unused_data
                self.__init__()
