"""Formulas, code, addresses and mentions: what may change about them and what may not."""

import pytest

from tests.pipelines.checking import draft, looked, said


@pytest.mark.parametrize(
    ("source", "target", "language", "verdict"),
    [
        ("The sum $x^2 + y$ of it", "La suma $x^2 + y$", "es", "ok"),
        ("The sum $x^2 + y$ of it", "La suma $x^3 + y$", "es", "fail"),
        ("The sum $x^2+y$ of it", "La suma $ x^{2} + y $", "es", "ok"),
        ("The sum $x^2+y$ of it", "La suma \\(x^2 + y\\)", "es", "ok"),
        ("The sum $x^2+y$ of it", "La suma $$x^2 + y$$", "es", "ok"),
        ("The sum $x^2 = y$ of it", "La suma", "es", "fail"),
        ("Now $x = 0.5$", "Maintenant $x = 0,5$", "fr", "ok"),
        ("Now $x = 5$", "এখন $x = ৫$", "bn", "ok"),
        ("Now $x = 5$", "এখন $x = ৬$", "bn", "fail"),
        ("Now $\\log 7 = 0.85410$", "Ahora $\\log 7 = 0.84510$", "my", "fail"),
        ("Now $\\frac{2}{3}$ of it", "Ahora $2/3$ de ello", "es", "warn"),
        ("Now $x^{m-1} = 2$", "Ahora $x^{m+1} = 2$", "es", "fail"),
        ("In $R$, $x = 1$", "Dans $\\mathbb{R}$, $x = 1$", "fr", "ok"),
        ("Set $\\{x : x \\text{ is odd}, x > 1\\}$", "Conjunto $\\{x : x \\text{ es impar}, x > 1\\}$", "es", "ok"),
        ("The values of A and B", "Los valores de $A$ y $B$", "es", "ok"),
        ("Solve it", "Resuelva $z^2 = 1$", "es", "warn"),
        ("\\begin{align} a &= b \\end{align}", "\\begin{align} a &= b \\end{align}", "es", "ok"),
        ("\\begin{align} a &= b \\end{align}", "\\begin{align} a &= c \\end{align}", "es", "fail"),
        ("Run `make up` or `make`", "Ejecute `make up` o `hacer`", "es", "fail"),
        ("See https://e.org/a?b=1.", "Véase https://e.org/a?b=1.", "es", "ok"),
        ("See https://e.org/a?b=1.", "Véase https://e.org/a?b=2.", "es", "fail"),
        ("Ask @dragoman_bot now", "Pregunte a @dragoman_bot", "es", "ok"),
        ("Ask @dragoman_bot now", "Pregunte a @dragoman_robot", "es", "fail"),
        ("Write to a.b@e.org", "Escriba a a.c@e.org", "es", "fail"),
    ],
)
def test_a_formula_means_the_same_and_the_rest_is_letter_by_letter(source, target, language, verdict):
    assert said("protected", source, target, language).verdict == verdict


@pytest.mark.parametrize("source", ["It costs $5 and $6.", "A mere sentence.", "It is $40$ metres."])
def test_prices_and_bare_numbers_are_no_formulas(source):
    assert looked("protected", draft(source, source)) is None


def test_where_the_source_has_half_a_formula_nobody_can_tell():
    assert said("protected", "Let P(x) = \\frac{x}{2}$ and $Q = x^2$", "Sea $P(x) = x$", "es").verdict == "abstain"
