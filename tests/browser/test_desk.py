"""The desk one works at, in a real browser: keys of one's own, undo and redo, hints beside the text, previous answers."""

from playwright.sync_api import expect

from annotation.models import Submission, Term
from core import accounts
from frontend import keys
from tests.browser.conftest import arrived, work
from tests.browser.test_work_screen import box, compose, edited  # noqa: F401


def test_keys_of_ones_own_act_where_the_usual_ones_did_and_never_while_an_input_method_composes(visit, cast, campaign):
    accounts.choose_keys(cast.bola, {"guideline": "u", "flag": "ь"}, usual=keys.usual())
    page = visit(cast.bola).tab(work(campaign))
    guideline, flag = page.locator("#guideline .sheet"), page.locator("#flag .sheet")
    page.keyboard.press("Alt+g")
    expect(guideline).to_be_hidden()
    page.keyboard.press("Alt+u")
    expect(guideline).to_be_visible()
    page.keyboard.press("Alt+u")
    page.keyboard.press("Alt+?")
    expect(page.locator("#keys .sheet")).to_contain_text("U")
    page.keyboard.press("Escape")
    cdp = compose(page, "ü")
    page.keyboard.press("Alt+u")
    expect(guideline).to_be_hidden()
    cdp.send("Input.insertText", {"text": "ü"})
    page.keyboard.press("Escape")
    press = "([key, code]) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true }))"
    page.evaluate(press, ["ь", "KeyM"])
    expect(flag).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.evaluate(press, ["г", "KeyU"])  # a Cyrillic keyboard, the key where U is
    expect(guideline).to_be_visible()


def test_what_was_typed_and_chosen_is_undone_and_done_again_step_by_step(visit, cast, edited):  # noqa: F811
    page = visit(cast.efe).tab(work(edited))
    undo, said = page.get_by_role("button", name="Undo"), page.locator("#said")
    expect(undo).to_be_disabled()
    page.keyboard.press("Alt+z")
    expect(said).to_have_text("There is nothing to undo.")
    page.keyboard.type("Y")
    page.keyboard.press("Control+z")  # the browser's own
    expect(box(page)).to_have_value("Paka hakuketi.")
    page.keyboard.type("Huyu ")
    page.keyboard.press("Alt+1")
    expect(page.locator("input[value=accept]")).to_be_checked()
    page.keyboard.press("Alt+z")
    expect(said).to_have_text("Undone")
    expect(page.locator("input[name=decision]:checked")).to_have_count(0)
    expect(box(page)).to_have_value("Huyu Paka hakuketi.")
    undo.click()
    expect(box(page)).to_have_value("Paka hakuketi.")
    expect(page.locator(".change.now ins")).to_have_count(0)
    page.keyboard.press("Alt+y")
    page.keyboard.press("Alt+y")
    expect(page.locator("input[value=accept]")).to_be_checked()
    expect(box(page)).to_have_value("Huyu Paka hakuketi.")
    page.keyboard.press("Alt+y")
    expect(said).to_have_text("There is nothing to do again.")


def test_an_answer_given_is_opened_and_changed_by_keyboard(visit, cast, campaign):
    campaign.overlap = 2
    campaign.save()
    campaign.tasks.update(needed=2, open=2)
    page = visit(cast.bola).tab(work(campaign))
    page.keyboard.press("Control+Enter")
    expect(box(page)).to_have_value("Paka alikaa mara 2.")
    page.keyboard.press("Alt+p")
    page.get_by_role("link", name="Change").press("Enter")
    expect(box(page)).to_have_value("Paka alikaa mara 1.")
    arrived(page)
    page.keyboard.type("Yule ")
    expect(page.locator("[data-state]")).to_have_text("Draft kept in this browser")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-empty]")).to_contain_text("Your answer is changed.")
    page.get_by_role("link", name="Go on").press("Enter")
    expect(box(page)).to_have_value("Paka alikaa mara 2.")
    assert Submission.objects.get().payload["content"] == {"text": "Yule Paka alikaa mara 1."}


def test_a_term_is_put_where_one_writes_and_the_guideline_is_searched_by_keyboard(visit, cast, campaign):
    Term.objects.create(dataset=cast.dataset, language="sw", source="cat", target="nyau")
    text = "Say it.\n\n" + "Mind the *tense*.\n\n" * 30 + "No TENSE."
    campaign.guidelines.create(version=2, text=text, created_by=cast.ada)
    page = visit(cast.bola).tab(work(campaign))
    where = page.locator(".actions").bounding_box()
    expect(page.locator("[data-insert]")).to_contain_text("nyau")
    assert page.locator(".actions").bounding_box() == where, "nothing moves"
    page.keyboard.press("End")
    page.keyboard.press("Alt+t")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value("Paka alikaa mara 1.nyau")
    expect(box(page)).to_be_focused()
    page.keyboard.press("Control+z")
    expect(box(page)).to_have_value("Paka alikaa mara 1.")
    page.keyboard.press("Alt+g")
    page.keyboard.type("tense")
    found = page.locator("[data-found]")
    expect(found).to_have_text("1 / 31")
    page.keyboard.press("Shift+Enter")
    expect(found).to_have_text("31 / 31")
    expect(page.get_by_text("No TENSE.")).to_be_in_viewport()
    assert page.evaluate("[CSS.highlights.get('found').size, CSS.highlights.get('found-here').size]") == [31, 1]
    page.keyboard.type("x")
    expect(found).to_have_text("not found")
    page.keyboard.press("Escape")
    expect(box(page)).to_be_focused()


def test_leaving_with_an_answer_on_its_way_warns_and_the_banner_stays_until_there_is_a_connection(visit, cast, campaign):
    bola = visit(cast.bola)
    bola.expects.append("ERR_INTERNET_DISCONNECTED")
    page = bola.tab(work(campaign))
    asked, toast = [], page.locator("#toast")
    page.on("dialog", lambda one: (asked.append(one.type), one.dismiss()))
    bola.context.set_offline(True)
    expect(toast).to_contain_text("No connection")
    page.keyboard.type("Yule ")
    page.wait_for_timeout(1700)  # the draft's pause: a try that fails takes nothing from the banner
    expect(toast).to_be_visible()
    page.keyboard.press("Control+Enter")
    with page.expect_event("dialog"):
        page.close(run_before_unload=True)
    assert not page.is_closed()
    bola.context.set_offline(False)
    expect(box(page)).to_have_value("Paka alikaa mara 2.")
    expect(toast).to_be_hidden()
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"], "with nothing on its way nobody is asked"
    assert Submission.objects.count() == 1


def test_a_font_for_a_script_that_machines_lack_is_fetched_only_where_it_is_used(visit, cast, campaign):
    bola, fetched = visit(cast.bola), []
    page = bola.tab()
    page.on("request", lambda one: fetched.append(one.url) if "/fonts/" in one.url else None)
    page.goto(bola.web + work(campaign), wait_until="networkidle")
    assert fetched == []
    assert page.evaluate("document.fonts.load('16px \"Bundled Myanmar\"', 'a').then((found) => found.length)") == 0
    assert page.evaluate("document.fonts.load('16px \"Bundled Myanmar\"', 'က').then((found) => found[0].status)") == "loaded"
    assert len(fetched) == 1
