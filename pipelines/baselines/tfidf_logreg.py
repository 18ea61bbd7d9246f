"""TF-IDF and logistic regression: how far the surface of the words alone leads, without any pretrained model."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import regex
from pydantic import Field
from scipy.sparse import hstack, spmatrix

from core.languages import language
from pipelines.baselines import Baseline
from pipelines.records import Row

# Letters with their marks: sklearn's own pattern would break Hindi or Burmese words at every vowel sign.
WORDS = regex.compile(r"[\p{L}\p{M}\p{N}]+")
Texts = dict[str, str]


class TfidfLogreg(Baseline):
    """Word and character n-grams, each field apart. Options are judged one by one, and the likeliest is taken."""

    name: ClassVar[str] = "tfidf_logreg"
    label: ClassVar[str] = "TF-IDF and logistic regression"

    c: float = Field(1.0, gt=0)
    """Inverse strength of the regularisation."""

    def predict(self, rows: Sequence[Row], train: Sequence[Row]) -> list[str | None]:
        known = [row for row in train if row.answer is not None]
        if not known:
            return [None] * len(rows)
        same = len({row.choices for row in (*rows, *known)}) == 1
        return self._labels(rows, known) if same else self._options(rows, known)

    def _labels(self, rows: Sequence[Row], train: Sequence[Row]) -> list[str | None]:
        right = np.array([row.answer for row in train])
        scores, classes = self._scores([row.texts for row in rows], [row.texts for row in train], right, rows[0].language)
        return [str(classes[at]) for at in scores.argmax(axis=1)]

    def _options(self, rows: Sequence[Row], train: Sequence[Row]) -> list[str | None]:
        """One binary question for each option: is this the right one?"""
        right = np.array([option == row.answer for row in train for option in row.choices])
        scores, classes = self._scores(_spread(rows), _spread(train), right, rows[0].language)
        yes = scores[:, list(classes).index(True)]
        ends = np.cumsum([len(row.choices) for row in rows])[:-1]
        return [row.choices[int(mine.argmax())] for row, mine in zip(rows, np.split(yes, ends), strict=True)]

    def _scores(self, texts: list[Texts], train: list[Texts], right: np.ndarray, tag: str) -> tuple[np.ndarray, np.ndarray]:
        """The probability of each class for each text, and the classes in order."""
        classes = np.unique(right)
        if len(classes) == 1:
            return np.ones((len(texts), 1)), classes
        from sklearn.linear_model import LogisticRegression  # it takes a second to load

        known, asked = _features(train, texts, language(tag).spaced)
        # lbfgs starts from zero and draws nothing: the same rows always give the same numbers.
        model = LogisticRegression(C=self.c, max_iter=1000).fit(known, right)
        return model.predict_proba(asked), model.classes_


def _spread(rows: Sequence[Row]) -> list[Texts]:
    return [{**row.texts, "option": option} for row in rows for option in row.choices]


def _features(train: list[Texts], texts: list[Texts], spaced: bool) -> tuple[spmatrix, spmatrix]:
    """Both sets of texts as columns, fitted on the first alone."""
    known, asked = [], []
    for field in sorted({name for one in train for name in one}):
        ours, theirs = [one.get(field, "") for one in train], [one.get(field, "") for one in texts]
        if not any(WORDS.search(text) for text in ours):
            continue  # nothing to learn from, and sklearn refuses an empty vocabulary
        for vectorizer in _vectorizers(spaced):
            known.append(vectorizer.fit_transform(ours))
            asked.append(vectorizer.transform(theirs))
    if not known:
        return np.zeros((len(train), 1)), np.zeros((len(texts), 1))
    return hstack(known, format="csr"), hstack(asked, format="csr")


def _vectorizers(spaced: bool) -> list[Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    common: dict[str, Any] = {"sublinear_tf": True, "dtype": np.float64}
    if not spaced:
        return [TfidfVectorizer(analyzer="char", ngram_range=(1, 4), **common)]
    return [
        TfidfVectorizer(tokenizer=WORDS.findall, token_pattern=None, ngram_range=(1, 2), **common),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), **common),
    ]
