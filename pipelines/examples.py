"""Which verified translations are shown with a source: those whose own sources are most like it, letter by letter."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pipelines.records import Example, text_of

LONGEST = 1500
"""Characters of a source that is shown; a long passage costs more than it teaches."""
LETTERS = (2, 4)


def most_alike(sources: Sequence[str], pool: Sequence[Example], wanted: int) -> list[tuple[Example, ...]]:
    """For each source up to ``wanted`` examples of the pool, the most alike first; none that has nothing in common with it.

    Cosine of TF-IDF vectors over runs of two to four letters within words, which needs no knowledge of any language.
    """
    fitting = [one for one in pool if 0 < len(text_of(one.source).strip()) <= LONGEST]
    if not fitting or not sources:
        return [() for _ in sources]
    vectorizer, vectors = _fitted(tuple(text_of(one.source) for one in fitting))
    alike = (vectorizer.transform([text[:LONGEST] for text in sources]) @ vectors.T).toarray()
    return [tuple(fitting[n] for n in row.argsort(kind="stable")[::-1][:wanted] if row[n] > 0) for row in alike]


# A pool hardly changes from one chunk of a run to the next.
@lru_cache(maxsize=8)
def _fitted(texts: tuple[str, ...]) -> tuple[Any, Any]:
    # Here, for it takes a second and much memory to load, and the web server never comes here.
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=LETTERS, sublinear_tf=True)
    return vectorizer, vectorizer.fit_transform(texts)
