"""Which of many texts are alike: MinHash signatures in bands (Broder 1997; Leskovec et al., ch. 3), and the exact share of each pair found."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.sparse import csr_matrix

HASHES = 128
# A pair at the threshold is missed less often than this.
MISSED = 0.001
# In a band's bucket each is set beside so many that come after it: many bands make good what one leaves out.
NEIGHBOURS = 32
ROWS = 4000
PAIRS = 200_000
Pair = tuple[int, int, float]
Node = tuple[str, str]
"""A text in its space, such as a language: texts of two spaces are not compared."""


def alike(nodes: Sequence[Node], *, threshold: float, ngram: int) -> Iterator[Pair]:
    """Places of two texts of one space and the share of n-grams they have in common, of all pairs at the threshold or above.

    The texts are different ones: of a thousand equal texts each would else be set beside each.
    """
    grams = _grams([text for _space, text in nodes], ngram)
    names = {space: number for number, space in enumerate(dict.fromkeys(space for space, _text in nodes))}
    spaces = np.array([names[space] for space, _text in nodes], np.uint64)
    yield from _shares(grams, _candidates(_signatures(grams), spaces, threshold), threshold)


def _grams(texts: list[str], ngram: int) -> csr_matrix:
    """Which n-grams each text has, a shorter text being one of its own; a row a text, columns are hashes."""
    from sklearn.feature_extraction.text import HashingVectorizer  # it takes a second to load

    padded = [text.ljust(ngram, "\x00") for text in texts]
    vectorizer = HashingVectorizer(
        analyzer="char", ngram_range=(ngram, ngram), n_features=2**24, binary=True, norm=None, alternate_sign=False,
        dtype=np.float32, lowercase=False,
    )  # fmt: skip
    return vectorizer.transform(padded).tocsr() if padded else csr_matrix((0, 1), dtype=np.float32)


def _signatures(grams: csr_matrix) -> np.ndarray:
    """Of each row the least of its columns under each of many hashes (multiply and shift)."""
    chance = np.random.default_rng(0)
    odd = chance.integers(0, 2**63, HASHES, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    signed = np.empty((grams.shape[0], HASHES), np.uint32)
    for begin in range(0, grams.shape[0], ROWS):
        part = grams[begin : begin + ROWS]
        # Scrambled first: by multiplying alone, neighbouring columns would stay neighbours.
        columns = (part.indices.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        columns ^= columns >> np.uint64(29)
        for at in range(HASHES):
            hashed = ((columns * odd[at]) >> np.uint64(32)).astype(np.uint32)
            signed[begin : begin + part.shape[0], at] = np.minimum.reduceat(hashed, part.indptr[:-1])
    return signed


def _bands(threshold: float) -> tuple[int, int]:
    """How many bands of how many hashes: the longest bands that find a pair at the threshold as surely as is wanted."""
    fits = [rows for rows in range(1, 17) if (1 - threshold**rows) ** (HASHES // rows) <= MISSED]
    rows = max(fits)
    return HASHES // rows, rows


def _candidates(signed: np.ndarray, spaces: np.ndarray, threshold: float) -> np.ndarray:
    """Pairs of rows that are equal in some band, each once; the smaller place first."""
    count, rows = _bands(threshold)
    found: list[np.ndarray] = []
    for band in range(count):
        key = spaces * np.uint64(0x9E3779B97F4A7C15)
        for column in range(band * rows, (band + 1) * rows):
            key = (key ^ signed[:, column]) * np.uint64(0xD6E8FEB86659FD93)
            key ^= key >> np.uint64(32)
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        for step in range(1, min(NEIGHBOURS, len(ordered) - 1) + 1):
            same = np.flatnonzero(ordered[step:] == ordered[:-step])
            if not len(same):
                break
            found.append(order[same] * np.int64(len(order)) + order[same + step])
    codes = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
    return np.stack(np.divmod(codes, max(len(signed), 1)), axis=1)


def _shares(grams: csr_matrix, pairs: np.ndarray, threshold: float) -> Iterator[Pair]:
    """The exact Jaccard share of each pair, of those that reach the threshold."""
    sizes = np.diff(grams.indptr)
    for begin in range(0, len(pairs), PAIRS):
        one, other = pairs[begin : begin + PAIRS].T
        common = np.asarray(grams[one].multiply(grams[other]).sum(axis=1)).ravel()
        shares = common / (sizes[one] + sizes[other] - common)
        for at in np.flatnonzero(shares >= threshold - 1e-9):
            yield int(one[at]), int(other[at]), float(shares[at])
