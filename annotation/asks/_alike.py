"""How much two texts are the same: chrF, as a share."""

import unicodedata

from sacrebleu.metrics import CHRF

# A text is hardly ever written twice in the same words; a known right one differs in a word or an ending.
METRIC = CHRF()


def alike(mine: str, right: str) -> float:
    """The chrF (Popović 2015) of one text beside the other, 0 to 1; 1 for the same letters, in whatever Unicode form."""
    mine, right = unicodedata.normalize("NFC", mine.strip()), unicodedata.normalize("NFC", right.strip())
    return 1.0 if mine == right else METRIC.sentence_score(mine, [right]).score / 100
