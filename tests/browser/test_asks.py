"""Every kind of question in a real browser: by keyboard, brought back after a reload, and with hostile texts in every place."""

from playwright.sync_api import Page, expect

from annotation.models import Item, Submission, Unit
from core.hashing import digest
from tests.asked import asked
from tests.browser.conftest import work
from tests.browser.test_marking import LABELS, answers, asks, opened, press
from tests.browser.test_work_screen import compose
from tests.frontend.test_escaping import ALL, CORPUS
from tests.world import SCHEMA, drafted, task, unit

RUDE = {"type": "labels", "name": "traits", "text": "What applies?", "options": ["rude", "formal", "old"], "least": 0, "required": False}
WHY = {"type": "text", "name": "why", "text": "Why is it rude?", "when": {"traits": "rude"}}
WORSE = {"type": "label", "name": "worse", "text": "Is it worse?", "options": ["yes", "no"], "when": {"why": "very"}}
SCORE = {"type": "rating", "name": "score", "text": "How good is it?", "low": 0, "high": 100}
ROWS = {
    "type": "rows", "name": "rows", "text": "What differs?",
    "columns": [
        {"type": "text", "name": "before", "text": "Before"},
        {"type": "number", "name": "times", "text": "Times", "required": False},
        {"type": "label", "name": "kind", "text": "Type", "options": ["added", "left out"]},
    ],
}  # fmt: skip
TERM = {"type": "entity", "name": "term", "text": "Which term is meant?", "kind": "sentence"}
CELLS = {"type": "cells", "name": "cells", "text": "Where is the answer?", "of": "source.table"}
RANKS = {"type": "ranking", "name": "ranks", "text": "Put them in order", "among": ["source.text", "target.text"]}
TABLE = [["City", "People"], ["Dodoma", "765179"], ["Mbeya", "541603"]]


def tabled(cast, campaign, table) -> Unit:
    """A record with a table waits as the campaign's next task."""
    kinds = SCHEMA["kinds"] | {"grid": {"fields": {"table": {"type": "table", "translate": True}}}}
    cast.dataset.schema = {"kinds": kinds}
    cast.dataset.save()
    content = {"table": table}
    row = Item.objects.create(
        dataset=cast.dataset, kind="grid", key="g", split="test", language="en", content=content, hash=digest(content)
    )
    made = drafted(unit(row), content)
    task(campaign, made, priority=9)
    return made


def field(page: Page, name: str):
    return page.locator(f"[name='answers.{name}']")


def test_a_question_comes_and_goes_with_the_answer_it_depends_on(visit, cast, campaign):
    asks(campaign, RUDE, WHY, WORSE)
    page = opened(visit(cast.bola), campaign)
    expect(field(page, "traits").first).to_be_focused()
    expect(page.locator("[data-ask=why]")).to_be_hidden()
    press(page, "2", "1")
    expect(field(page, "traits").nth(1)).to_be_checked()
    expect(field(page, "traits").nth(0)).to_be_focused()
    expect(page.locator("[data-ask=why]")).to_be_visible()
    assert field(page, "why").evaluate("(one) => one.required && !one.disabled")
    field(page, "why").fill("very")
    expect(page.locator("[data-ask=worse]")).to_be_visible()
    field(page, "worse").first.check()
    field(page, "traits").first.focus()
    press(page, "1")
    # What depends on a question that is not asked is not asked either, and nothing of both is sent.
    expect(page.locator("[data-ask=why], [data-ask=worse]").filter(visible=True)).to_have_count(0)
    press(page, "Control+Enter")
    assert answers() == {"traits": ["formal"]}


def test_a_slider_that_was_not_touched_says_nothing(visit, cast, campaign):
    asks(campaign, SCORE)
    page = opened(visit(cast.bola), campaign)
    slider, box = page.locator("[data-slides]"), field(page, "score")
    press(page, "Control+Enter")
    expect(page.locator("[name='answers.score']:invalid")).to_have_count(1)
    slider.click()  # in the middle, where it stood
    expect(box).to_have_value("50")
    slider.focus()
    press(page, "ArrowRight", "ArrowRight")
    expect(box).to_have_value("52")
    box.fill("97")
    expect(slider).to_have_value("97")
    press(page, "Control+Enter")
    assert answers() == {"score": 97}


def test_rows_cells_and_terms_are_answered_by_keyboard(visit, cast, campaign):
    asks(campaign, CELLS, ROWS, TERM)
    tabled(cast, campaign, TABLE)
    page = opened(visit(cast.bola), campaign)
    expect(page.locator(".cells th").first).to_be_focused()
    press(page, "ArrowDown", "ArrowRight", "Space", "ArrowDown", "Enter", "ArrowUp", "Space")
    expect(page.locator(".cells [aria-selected=true]")).to_have_text("541603")
    page.locator(".rows [data-add]").focus()
    press(page, "Enter")
    page.keyboard.type("a\u200bb")
    press(page, "Tab")
    page.keyboard.type("2,5")
    press(page, "Enter")
    page.keyboard.type("left")
    press(page, "Alt+Enter")
    expect(page.locator(".entry")).to_have_count(2)
    press(page, "Alt+Delete")
    expect(page.locator(".entry")).to_have_count(1)
    search = page.locator("[role=combobox]")
    search.focus()
    cdp = compose(page, "cat")
    press(page, "Enter")
    cdp.send("Input.insertText", {"text": "cat"})
    expect(page.locator("[role=option]")).to_have_count(3)
    assert field(page, "term").input_value() == "", "the input method's Enter chose nothing"
    press(page, "ArrowDown")
    expect(page.locator("[role=option]").nth(1)).to_have_attribute("aria-selected", "true")
    assert search.get_attribute("aria-activedescendant") == page.locator("[role=option]").nth(1).get_attribute("id")
    press(page, "Enter")
    expect(page.locator(".picked")).to_contain_text("The cat sat 2 times.")
    press(page, "Control+Enter")
    assert answers() == {"cells": [[2, 1]], "rows": [{"before": "a\u200bb", "times": 2.5, "kind": "left out"}], "term": "s2"}


def test_answers_of_every_shape_come_back_after_a_reload_from_this_browser_alone(visit, cast, campaign):
    spans = {"type": "spans", "name": "names", "text": "Mark", "over": ["target.text"], "labels": LABELS}
    asks(campaign, RUDE, WHY, SCORE, RANKS, ROWS, TERM, spans)
    bola = visit(cast.bola)
    bola.expects.append("ERR_FAILED")
    page = opened(bola, campaign)
    page.route("**/work/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    for box in ("rude", "old"):
        page.locator(f"[value={box}]").check()
    field(page, "why").fill("very")
    page.locator("[data-slides]").fill("30")
    page.locator(".ranking select").nth(0).select_option(index=2)
    page.locator(".ranking select").nth(1).select_option(index=1)
    page.locator(".rows [data-add]").click()
    page.locator(".entry textarea").fill("before")
    page.locator("[data-nil]").click()
    page.locator("[data-place='target.text']").focus()
    press(page, "Home", "Shift+ArrowRight", "2")
    shown = "(one) => JSON.stringify([...new FormData(document.querySelector('#answer'))].filter(([name]) => name.startsWith('answers.')))"
    before = page.evaluate(shown)
    page.reload()
    expect(page.locator(".marked")).to_have_count(1)
    assert page.evaluate(shown) == before
    expect(page.locator("[data-ask=why]")).to_be_visible()
    expect(page.locator("[data-slides]")).to_have_value("30")
    expect(page.locator(".entry textarea")).to_have_value("before")
    expect(page.locator("[data-nil]")).to_have_attribute("aria-pressed", "true")
    page.locator("[value=old]").uncheck()
    page.reload()
    expect(page.locator("[value=rude]")).to_be_checked()
    expect(page.locator("[value=old]")).not_to_be_checked()


def test_formulas_are_drawn_and_what_is_none_stays_as_it_is_written(visit, cast, campaign):
    form = {"type": "text", "name": "f", "text": "As a formula", "form": "math"}
    campaign.task_type = asked(form, text="math")
    campaign.save()
    source = r"If $x^2 = 4$ and \(y = \frac{1}{2}\), it costs 5$ or $\href{javascript:alert(1)}{z}$ or $\frac{1$."
    task(campaign, cast.drafted(source, r"Kama $x^2 = 4$."), priority=9)
    page = opened(visit(cast.bola), campaign)
    read = page.locator(".source .math")
    expect(read.locator("math")).to_have_count(2)
    expect(read.locator(".formula-wrong")).to_have_text([r"$\href{javascript:alert(1)}{z}$", r"$\frac{1$"])
    expect(read).to_contain_text("it costs 5$ or")
    assert page.locator(".source .written").evaluate("(one) => one.textContent") == source
    assert not page.locator("math a, math [href]").count()
    field(page, "f").fill(r"\frac{3}{4}")
    expect(page.locator("[data-formula] mfrac")).to_have_count(1)
    field(page, "f").fill(r"\frac{3")
    expect(page.locator("[data-formula]")).to_have_text(r"\frac{3")


def test_formulas_of_a_text_that_is_edited_are_drawn_below_it_as_they_are_typed(visit, cast, campaign):
    task(campaign, cast.drafted(r"If $x^2 = 4$, find $x$.", r"Kama $x^2 = 4$, tafuta $x$."), priority=9)
    page = opened(visit(cast.bola), campaign)
    expect(page.locator(".source > div > .text")).to_have_text(r"If $x^2 = 4$, find $x$.")
    expect(page.locator(".source .formula math")).to_have_count(2)
    typed, box = page.locator(".target .formula"), page.locator("textarea.box")
    expect(typed.locator("msup")).to_have_count(1)
    assert typed.get_attribute("lang") == "sw"
    box.fill(r"Kama $\frac{x}{2} = 1$, tafuta $x")
    expect(typed.locator("mfrac")).to_have_count(1)
    expect(typed).to_contain_text("tafuta $x")
    box.fill("Kama mbili.")
    expect(typed).to_be_hidden()


def test_a_screen_loads_only_the_elements_it_shows(visit, cast, campaign):
    page = visit(cast.bola).tab()
    asks(campaign, RUDE)
    loaded = []
    page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2].partition(".")[0]))
    page.goto(visit(None).web + work(campaign), wait_until="networkidle")
    assert "asking" in loaded
    assert not {"spans", "relations", "cells", "rows", "entity", "math", "temml"} & {*loaded}


def test_the_corpus_is_text_in_every_question(visit, cast, campaign):
    """No page asks, loads or runs anything because of a text: the visitor's own account of complaints sees to the policy."""
    evil = [{"value": f"v{at}", "text": text} for at, text in enumerate(CORPUS)]
    base = {"text": ALL[:300], "help": ALL}
    campaign.task_type = asked(
        {"type": "label", "name": "label", "options": evil} | base,
        {"type": "labels", "name": "many", "options": evil} | base,
        {"type": "labels", "name": "weights", "options": evil, "weighted": True} | base,
        {"type": "rating", "name": "rate", "anchors": {str(at): text for at, text in enumerate(CORPUS[:5], 1)}} | base,
        {"type": "rating", "name": "slide", "high": 50, "anchors": {"1": ALL}} | base,
        {"type": "number", "name": "number", "unit": ALL} | base,
        {"type": "text", "name": "math", "form": "math"} | base,
        {"type": "preference", "name": "pref", "between": ["source.stem", "target.stem"]} | base,
        {"type": "ranking", "name": "ranks", "among": ["source.options"]} | base,
        {"type": "turns", "name": "turns", "outline": "source.options"} | base,
        {
            "type": "spans", "name": "spans", "over": ["source.options", "target.stem", "answers.turns"], "labels": evil, "grouped": True,
            "attributes": [{"name": "a", "text": CORPUS[0], "options": evil}],
        } | base,
        {"type": "relations", "name": "relations", "spans": "spans", "types": evil} | base,
        {"type": "rows", "name": "rows", "least": 1, "columns": [{"type": "label", "name": "c", "text": CORPUS[1], "options": evil}]} | base,
        {"type": "entity", "name": "entity", "kind": "sentence"} | base,
        stem="math", options="chat",
    )  # fmt: skip
    campaign.save()
    row = drafted(unit(cast.question(ALL, list(CORPUS))), {"stem": ALL, "options": list(CORPUS)})
    task(campaign, row, priority=9)
    for at, text in enumerate(CORPUS):
        cast.sentence(f"alert {text}", key=f"{at} {text}"[:200])
    page = opened(visit(cast.bola), campaign)
    page.on("dialog", lambda dialog: (dialog.dismiss(), Submission.objects.create()))  # never
    expect(page.locator("[data-ask=label] label").first).to_contain_text(CORPUS[0])
    for text in CORPUS:
        field(page, "math").fill(text)
        field(page, "math").fill(f"$\\text{{{text}}}$ \\(\\href{{{text}}}{{a}}\\)")
        field(page, "turns").first.fill(text)
    box = page.locator("[data-place='source.options.1']")
    assert box.evaluate("(one) => one.textContent") == CORPUS[1]
    for at, text in enumerate(CORPUS[:3]):
        box.focus()
        press(page, "Home", *["Shift+ArrowRight"] * (at + 2), str(at + 1), "1")
        expect(page.locator(".panel strong")).to_have_text(text)
    page.locator("[data-part=head]").focus()
    page.locator(".relations [data-add]").click()
    expect(page.locator(".related .type")).to_have_text(CORPUS[0])
    page.locator("[role=combobox]").fill("alert")
    expect(page.locator("[role=option]").first).to_contain_text("alert")
    page.keyboard.press("Enter")
    expect(page.locator(".picked")).to_contain_text("alert")
    page.keyboard.press("Escape")
    page.locator("[data-marks]").click()
    expect(page.locator(".unseen")).to_have_count(1)
    assert not page.locator("#work :is(script, img, iframe, object, embed, base, style, svg, [onclick], [onerror], [onload])").count()
    assert not page.locator("#work a[href^='javascript:'], #work math [href]").count()


def test_the_corpus_is_text_where_a_difference_is_shown(visit, cast, campaign):
    task(campaign, cast.drafted(ALL, CORPUS[0]), priority=9)
    page = opened(visit(cast.bola), campaign)
    for text in CORPUS[1:]:
        page.locator(".box").fill(text)
        kept = "(one) => [...one.childNodes].filter((p) => p.nodeName !== 'DEL').map((p) => p.textContent).join('')"
        shown = page.locator(".change.now").evaluate(kept)
        assert shown == text
    assert not page.locator(".change.now :not(ins, del)").count()
