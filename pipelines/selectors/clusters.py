"""Clusters: so many items of each cluster of alike texts, so that what is common does not crowd out what is rare."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from core.told import told
from pipelines.selectors import Choice, Entry, Reads, Selector, rejected
from pipelines.selectors._draws import place

DIMENSIONS = 100
VOCABULARY = 50_000


class Clusters(Selector):
    """K-means over the texts' character n-grams (TF-IDF, 100 dimensions), and a quota of each cluster.

    With a field under “by” the quota holds for each value of that field in each cluster, which balances the tasks of a benchmark.
    """

    name: ClassVar[str] = "clusters"
    label: ClassVar[str] = "Clusters with a quota"
    reads: ClassVar[tuple[Reads, ...]] = ("texts",)
    example: ClassVar[dict[str, Any]] = {"clusters": 3, "quota": 2, "by": "label", "seed": 7}

    clusters: int = Field(50, ge=1, le=5000)
    """So many clusters; 1 is a plain sample by quota."""
    quota: int = Field(20, ge=1)
    """So many items are kept of each."""
    by: str = ""
    """A plain field: the quota is for each of its values."""
    language: str = ""
    """In which language the texts are compared; left empty: each in its source."""
    draw: Literal["random", "central"] = "random"
    """Which of a cluster: drawn by the seed, or the nearest to its centre."""
    seed: int = 0
    """Of the clustering and the draw."""

    @property
    def wanted(self) -> list[str] | None:
        return [self.language] if self.language else []

    def select(self, entries: Sequence[Entry]) -> list[Choice]:
        texts = [entry.texts.get(self.language or entry.language, "") for entry in entries]
        known = [at for at, text in enumerate(texts) if text.strip()]
        labels, distances = self._clustered([texts[at] for at in known])
        cells: dict[tuple[int, str], list[tuple[Any, int]]] = defaultdict(list)
        for at, label, distance in zip(known, labels, distances, strict=True):
            drawn = place(self.seed, entries[at].name)
            cell = (int(label), entries[at].values.get(self.by, "") if self.by else "")
            cells[cell].append(((round(float(distance), 6), drawn) if self.draw == "central" else drawn, at))
        found = [rejected(told("It has no text in the language that is compared."), told("no text")) for _entry in entries]
        for (label, value), members in cells.items():
            bucket = told("cluster {number}, {value}", number=label + 1, value=value) if value else told("cluster {number}", number=label + 1)
            for rank, (_order, at) in enumerate(sorted(members)):
                full = told(
                    "The quota of {quota} was full: {bucket} has {members} items.",
                    quota=self.quota, bucket=bucket, members=len(members),
                )
                found[at] = Choice(True, bucket[:60]) if rank < self.quota else rejected(full, bucket)
        return found

    def _clustered(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """Each text's cluster, and its distance from that cluster's centre."""
        if self.clusters == 1 or len(set(texts)) < 2:
            return np.zeros(len(texts), int), np.zeros(len(texts))
        # Loaded where it is used: it takes a second, which every command would wait for.
        from sklearn.cluster import MiniBatchKMeans
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.preprocessing import normalize

        grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), max_features=VOCABULARY, sublinear_tf=True, dtype=np.float32)
        vectors = grams.fit_transform(texts)
        if vectors.shape[1] > DIMENSIONS:
            vectors = TruncatedSVD(DIMENSIONS, random_state=self.seed).fit_transform(vectors)
        vectors = normalize(vectors)
        number = min(self.clusters, len(set(texts)))
        model = MiniBatchKMeans(number, n_init=3, batch_size=4096, random_state=self.seed).fit(vectors)
        return model.labels_, model.transform(vectors).min(axis=1)
