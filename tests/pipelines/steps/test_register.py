"""How the reader is addressed."""

import pytest

from tests.pipelines.checking import said

INFORMAL = {"name": "register", "params": {"wanted": "informal"}}


@pytest.mark.parametrize(
    ("check", "target", "language", "verdict"),
    [
        ("register", "¿Cómo está usted?", "es", "ok"),
        ("register", "¿Cómo estás tú?", "es", "warn"),
        (INFORMAL, "¿Cómo está usted?", "es", "warn"),
        ("register", "Tus-kegee es una ciudad.", "es", "ok"),
        ("register", "Wie geht es dir?", "de", "warn"),
        (INFORMAL, "Ich danke Ihnen.", "de", "warn"),
        (INFORMAL, "Ich danke ihnen allen.", "de", "ok"),
        ("register", "तुम कैसे हो?", "hi", "warn"),
        ("register", "你好吗？", "zh", "warn"),
        ("register", "Habari yako?", "sw", "abstain"),
    ],
)
def test_the_other_registers_words_are_flagged(check, target, language, verdict):
    assert said(check, "How are you?", target, language).verdict == verdict
