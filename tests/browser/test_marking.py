"""Marking places in texts in a real browser: by characters as people see them, by keyboard, by touch, and in texts being written."""

from playwright.sync_api import Page, expect

from annotation.models import Submission
from tests.asked import asked
from tests.browser.conftest import Visitor, drafted_in, work
from tests.faults.machines import wait_until
from tests.world import drafted, task, unit

LABELS = [{"value": "PER", "text": "Person"}, {"value": "ORG", "text": "Organisation"}]
NAMES = {"type": "spans", "name": "names", "text": "Mark every name", "over": ["target.text"], "labels": LABELS, "grouped": True}
SURE = {"name": "sure", "text": "How sure?", "options": [{"value": "yes", "text": "Certain"}, {"value": "no", "text": "Doubtful"}]}
WORKS = {"value": "works_for", "text": "works for", "heads": ["PER"], "tails": ["ORG"]}
KNOWS = {"value": "knows", "text": "knows"}
RELATED = {"type": "relations", "name": "related", "text": "How are they related?", "spans": "names", "types": [WORKS, KNOWS]}
# Each a text in which the browser marks the characters from the second up to the last but one.
SCRIPTS = {
    "emoji families, skin tones, flags, keycaps": "a👨‍👩‍👧‍👦👩🏽‍🚀🇹🇿1️⃣🏴󠁧󠁢󠁷󠁬󠁳󠁿z",
    "Burmese": "ကြောင်မထိုင်ခဲ့ပါ။",
    "Devanagari conjuncts": "क्षत्रिय ज्ञान स्त्री",
    "Arabic with marks": "مُحَمَّدٌ رَسُولٌ",
    "combining stacks": "Z̸̛̳͇̿ḁ̷̢͝l̶͎̍g̴̰̈́o̵͚͌!",
    "astral Han": "在𠮷野家𠀋𪚥吃",
    "line endings as they came": "one\r\ntwo\rthree\nfour",
    "Persian with joiners": "می‌خواهم کتاب‌ها",
}


def asks(campaign, *questions) -> None:
    campaign.task_type = asked(*questions)
    campaign.save()


def opened(visitor: Visitor, campaign) -> Page:
    """The work screen with its elements: each comes by a module of its own."""
    page = visitor.tab(work(campaign))
    expect(page.locator("#work :not(:defined)")).to_have_count(0)
    return page


def texts_of(page: Page, name: str = "names") -> dict:
    return page.evaluate(f"JSON.parse(document.querySelector(\"[name='answers.{name}']\").value).texts")


def places(page: Page, at: str = "target.text", name: str = "names") -> list[tuple]:
    return [(one["start"], one["end"], one["label"]) for one in texts_of(page, name)[at]["spans"]]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def answers() -> dict:
    wait_until(Submission.objects.exists, "the answer is stored")
    return Submission.objects.latest("pk").payload["answers"]


def test_what_is_stored_cuts_exactly_the_characters_that_were_selected_out_of_the_text(visit, cast, campaign):
    asks(campaign, NAMES | {"over": ["source.options"]})
    row = drafted(unit(cast.question("Which?", list(SCRIPTS.values()))), {"stem": "Ipi?", "options": ["a"] * len(SCRIPTS)})
    task(campaign, row, priority=9)
    page = opened(visit(cast.bola), campaign)
    segments = """(text) => Array.from(new Intl.Segmenter("en").segment(text), (one) => one.segment)"""
    wrong = []
    for number, (script, text) in enumerate(SCRIPTS.items()):
        seen = page.evaluate(segments, text)
        box = page.locator(f"[data-place='source.options.{number}']")
        assert box.evaluate("(one) => one.textContent") == text
        box.focus()
        press(page, "Home", "ArrowRight", *["Shift+ArrowRight"] * (len(seen) - 2), "1")
        [(start, end, _)] = places(page, f"source.options.{number}")
        if text[start:end] != "".join(seen[1:-1]) or start != len(seen[0]):
            wrong.append(f"{script}: {text[start:end]!r}")
    assert not wrong
    assert len(page.evaluate(segments, SCRIPTS["emoji families, skin tones, flags, keycaps"])) == 7
    press(page, "Control+Enter")
    stored = answers()["names"]
    assert stored["unit"] == "code point"
    assert [one["length"] for one in stored["texts"].values()] == [len(text) for text in SCRIPTS.values()]


def test_everything_about_places_goes_by_keyboard(visit, cast, campaign):
    asks(campaign, NAMES | {"attributes": [SURE]}, RELATED)
    task(campaign, cast.drafted("Ada worked at Acme.", "Ada Lovelace alifanya kazi Acme."), priority=9)
    page = opened(visit(cast.bola), campaign)
    text = page.locator("[data-place='target.text']")
    expect(text).to_be_focused()
    press(page, "Control+Shift+ArrowRight", "Control+Shift+ArrowRight", "1")
    expect(page.locator("[data-attribute=sure] input").first).to_be_focused()
    press(page, "2")
    expect(text).to_be_focused()
    press(page, "Home", "Control+Shift+ArrowRight", "1", "1")  # nested in the one before
    press(page, "End", "ArrowLeft", "Control+Shift+ArrowLeft", "Enter")
    expect(page.locator(".floating button").first).to_be_focused()
    press(page, "Escape")
    press(page, "End", "ArrowLeft", "Control+Shift+ArrowLeft", "2", "1")
    assert places(page) == [(0, 12, "PER"), (0, 3, "PER"), (27, 31, "ORG")]
    lanes = page.locator(".markable .line").evaluate_all("(all) => all.map((one) => one.style.top)")
    assert len(set(lanes[:2])) == 2, "nested places are told apart"
    press(page, "Tab", "Tab")
    expect(page.locator(".marked").nth(1)).to_be_focused()
    expect(page.locator(".marked").nth(1)).to_have_accessible_name("Person: “Ada”")
    press(page, "2")
    assert places(page)[1:] == [(0, 3, "ORG"), (27, 31, "ORG")]
    expect(page.locator(".marked").nth(1)).to_be_focused()
    press(page, "Delete")
    assert places(page) == [(0, 12, "PER"), (27, 31, "ORG")]
    expect(text).to_be_focused()
    page.locator("[data-part=head]").focus()
    press(page, "Tab", "Tab", "Tab", "Enter")
    expect(page.locator(".related li")).to_have_count(1)
    # Setting the field from outside, as undoing does, shows what it says.
    before = page.locator("[name='answers.names']").input_value()
    page.locator(".marked").first.focus()
    press(page, "Delete")
    expect(page.locator(".related li")).to_have_count(0)
    expect(page.locator(".relations .said")).to_contain_text("was dropped")
    page.evaluate(
        """(value) => { const field = document.querySelector("[name='answers.names']"); field.value = value;
        field.dispatchEvent(new CustomEvent("fill", { bubbles: true })); }""",
        before,
    )
    expect(page.locator(".marked")).to_have_count(2)
    page.locator("[data-part=head]").focus()
    press(page, "Tab", "Tab", "Tab", "Enter", "Control+Enter")
    given = answers()
    assert given["names"]["texts"]["target.text"]["spans"][0] == {"start": 0, "end": 12, "label": "PER", "attributes": {"sure": "no"}}
    assert given["related"] == [{"head": "target.text:0-12:PER", "type": "works_for", "tail": "target.text:27-31:ORG"}]


def test_pieces_that_do_not_hang_together_are_one_and_limits_are_said(visit, cast, campaign):
    asks(campaign, NAMES | {"overlap": False, "most": 3})
    page = opened(visit(cast.bola), campaign)
    page.locator("[data-place='target.text']").focus()
    press(page, "Control+Shift+ArrowRight", "1", "End", "Control+Shift+ArrowLeft", "+")
    spans = texts_of(page)["target.text"]["spans"]
    assert [(one["start"], one["end"], one["label"], one["group"]) for one in spans] == [(0, 4, "PER", 1), (17, 19, "PER", 1)]
    expect(page.locator(".marked.now")).to_have_count(2)
    press(page, "Home", "Shift+ArrowRight", "2")
    expect(page.locator(".spans .said")).to_contain_text("may not overlap")
    press(page, "Home", "Tab", "Delete")
    assert [one.get("group") for one in texts_of(page)["target.text"]["spans"]] == [None]


def test_a_mouse_and_a_finger_mark_with_the_labels_at_the_selection(visit, cast, campaign):
    asks(campaign, NAMES)
    page = opened(visit(cast.bola), campaign)
    page.locator("[data-place='target.text']").dblclick(position={"x": 10, "y": 16})
    page.locator(".floating [data-label=ORG]").click()
    assert places(page)[0][2] == "ORG"
    press(page, "1", "End", "2")  # where the caret stands in the selected place, and where it does not
    assert places(page) == [(0, 4, "PER")]
    page.locator("[data-place='target.text']").click(position={"x": 30, "y": 16})
    press(page, "Delete")
    assert places(page) == []
    press(page, "Home", "Shift+ArrowRight", "2")
    expect(page.locator("[data-state]")).to_have_text("Draft saved")
    phone = opened(visit(cast.bola, viewport={"width": 390, "height": 760}, has_touch=True, is_mobile=True), campaign)
    expect(phone.locator(".marked")).to_have_count(1)
    # A finger's handles change the selection, and nothing else tells of it.
    phone.evaluate(
        """() => { const node = document.querySelector("[data-place='target.text']").firstChild;
        getSelection().setBaseAndExtent(node, 5, node, 12); }"""
    )
    bar = phone.locator(".floating")
    expect(bar).to_be_visible()
    where = bar.bounding_box()
    assert where["x"] >= 0 and where["x"] + where["width"] <= 390
    bar.locator("[data-label=PER]").tap()
    assert (5, 12, "PER") in places(phone)
    expect(bar).to_be_hidden()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_from_right_to_left_the_left_arrow_goes_on(visit, cast, campaign):
    asks(campaign, NAMES)
    drafted_in(cast, campaign, "ar", "لم تجلس القطة.")
    page = opened(visit(cast.bola), campaign)
    text = page.locator("[data-place='target.text']")
    expect(text).to_have_css("direction", "rtl")
    text.focus()
    press(page, "Home", "ArrowLeft", "Shift+ArrowLeft", "1")
    assert places(page) == [(1, 2, "PER")]
    tag, block = page.locator(".marked").bounding_box(), page.locator(".markable").bounding_box()
    assert block["x"] <= tag["x"] and tag["x"] + tag["width"] <= block["x"] + block["width"]


def test_places_follow_a_text_that_is_typed_on_the_same_screen(visit, cast, campaign):
    slots = NAMES | {"name": "slots", "over": ["answers.turns", "answers.note"]}
    note = {"type": "text", "name": "note", "text": "A note", "required": False}
    asks(campaign, note, {"type": "turns", "name": "turns", "text": "Write it", "outline": "source.options"}, slots)
    row = drafted(unit(cast.question("Which?", ["asks for a table", "offers one"])), {"stem": "Ipi?", "options": ["a", "b"]})
    task(campaign, row, priority=9)
    page = opened(visit(cast.bola), campaign)
    boxes = page.locator("[name='answers.turns']")
    boxes.nth(0).fill("A table for 👩🏽‍🚀 Ada at noon")
    boxes.nth(1).fill("At one?")
    page.locator("[data-place='answers.turns.0']").focus()
    press(page, "End", *["ArrowLeft"] * 8, "Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "1")
    press(page, "End", *["Shift+ArrowLeft"] * 4, "2")
    assert places(page, "answers.turns.0", "slots") == [(17, 20, "PER"), (24, 28, "ORG")]
    boxes.nth(0).evaluate("(box) => box.setSelectionRange(0, 0)")
    boxes.nth(0).focus()
    page.keyboard.type("😀 Hi. ")
    assert places(page, "answers.turns.0", "slots") == [(23, 26, "PER"), (30, 34, "ORG")]
    expect(page.locator(".spans .said")).not_to_contain_text("no longer")
    boxes.nth(0).fill("😀 Hi. A table for 👩🏽‍🚀 Adah at noon")
    assert places(page, "answers.turns.0", "slots") == [(23, 26, "PER"), (31, 35, "ORG")]
    boxes.nth(0).fill("😀 Hi. A table for 👩🏽‍🚀 Adah soon")
    assert places(page, "answers.turns.0", "slots") == [(23, 26, "PER")]
    expect(page.locator(".spans .said")).to_contain_text("“noon” is no longer marked")
    page.locator("[name='answers.note']").fill("Said 𠮷野家.")
    page.locator("[data-place='answers.note']").focus()
    press(page, "End", "ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "1", "Control+Enter")
    given = answers()
    texts = {f"answers.turns.{at}": text for at, text in enumerate(given["turns"])} | {"answers.note": given["note"]}
    marked = given["slots"]["texts"]
    assert {place: one["length"] for place, one in marked.items()} == {place: len(text) for place, text in texts.items()}
    cut = [texts[place][one["start"] : one["end"]] for place, of in sorted(marked.items()) for one in of["spans"]]
    assert cut == ["𠮷野家", "Ada"]


def test_characters_that_cannot_be_seen_are_shown_on_demand_and_the_text_stays_as_it_is(visit, cast, campaign):
    draft = "می‌خواهم\u202e\u200f کتاب\u00a0ها"
    asks(campaign, NAMES, {"type": "text", "name": "why", "text": "Why?", "required": False})
    drafted_in(cast, campaign, "fa", draft)
    page = opened(visit(cast.bola), campaign)
    expect(page.locator("[data-place='target.text']")).to_be_focused()
    assert not page.locator(".unseen").count()
    where = page.locator("[data-place='target.text']").bounding_box()
    press(page, "i")
    expect(page.locator(".unseen")).to_have_count(1)
    assert {"ZWNJ", "NBSP", "RLO RLM", "·"} <= set(page.locator(".unseen i").all_inner_texts())
    assert page.locator("[data-place='target.text']").evaluate("(one) => one.textContent") == draft
    assert page.locator("[data-place='target.text']").bounding_box() == where
    assert draft in page.evaluate("(getSelection().selectAllChildren(document.querySelector('.texts')), getSelection().toString())")
    page.locator("[name='answers.why']").fill("a\u200bb")
    expect(page.locator(".mirror")).to_have_text("a\u200bb")
    expect(page.locator(".unseen i", has_text="ZWSP")).to_have_count(1)
    page.locator("[data-marks]").click()
    expect(page.locator(".unseen, .mirror")).to_have_count(0)


def test_a_key_of_an_input_method_marks_nothing(visit, cast, campaign):
    asks(campaign, NAMES)
    page = opened(visit(cast.bola), campaign)
    text = page.locator("[data-place='target.text']")
    text.focus()
    press(page, "Shift+ArrowRight")
    send = """(one, [key, isComposing]) =>
        one.dispatchEvent(new KeyboardEvent("keydown", { key, isComposing, bubbles: true, cancelable: true }))"""
    for key in ("1", "Delete", "Enter", "ArrowRight"):
        assert text.evaluate(send, [key, True]), "the key is left to the input method"
    assert places(page) == []
    text.evaluate(send, ["1", False])  # the control: without a composition it marks
    assert places(page) == [(0, 1, "PER")]
