"""The work screen in a real browser: keys, input methods, drafts, lost connections, several tabs, several scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from annotation.actions import assignments
from annotation.models import Assignment, Submission, Task
from annotation.task_types import task_types
from tests.browser.conftest import drafted_in, work
from tests.faults.machines import wait_until
from tests.world import PASSWORD, task, translation

OFFLINE = "ERR_INTERNET_DISCONNECTED"


def box(page: Page):
    return page.locator(".box").first


def texts() -> list[str]:
    """What has been answered so far."""
    return [one.payload["content"]["text"] for one in Submission.objects.order_by("pk")]


def test_editing_and_sending_with_the_keyboard_brings_the_next_task_without_loading_a_page(visit, cast, campaign):
    page = visit(cast.bola).tab(work(campaign))
    page.evaluate("window.here = true")
    expect(box(page)).to_be_focused()
    where = page.locator(".actions").bounding_box()
    page.keyboard.press("End")
    page.keyboard.type(" Kweli.")
    expect(page.locator(".change.now")).to_have_text("Paka alikaa mara 1. Kweli.")
    assert page.locator(".change.now ins").inner_text().strip() == "Kweli."
    page.keyboard.press("Control+Enter")
    expect(box(page)).to_have_value("Paka alikaa mara 2.")
    expect(box(page)).to_be_focused()
    expect(page.locator("#said")).to_contain_text("next one")
    expect(page.locator(".progress")).to_contain_text("1 done today")
    assert page.evaluate("window.here") is True
    assert page.locator(".actions").bounding_box() == where
    assert texts() == ["Paka alikaa mara 1. Kweli."]


def test_pastes_are_counted_and_not_kept(visit, cast, campaign):
    page = visit(cast.bola).tab(work(campaign))
    expect(box(page)).to_be_focused()
    for key in ("Control+a", "Control+x", "Control+v", "Control+v", "Control+Enter"):
        page.keyboard.press(key)
    expect(box(page)).to_have_value("Paka alikaa mara 2.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".progress")).to_contain_text("2 done today")
    assert list(Submission.objects.order_by("pk").values_list("pastes", flat=True)) == [2, 0]


def test_after_the_last_task_the_screen_says_so(visit, cast, campaign):
    page = visit(cast.bola).tab(work(campaign))
    for number in (1, 2, 3):
        expect(box(page)).to_have_value(f"Paka alikaa mara {number}.")
        page.keyboard.press("Control+Enter")
    expect(page.locator("[data-empty]")).to_contain_text("Nothing is left for you here just now")
    assert len(texts()) == 3


def test_single_keys_act_outside_of_the_text_and_are_typed_inside(visit, cast, campaign):
    page = visit(cast.bola).tab(work(campaign))
    page.keyboard.type("gfs?12")
    expect(box(page)).to_have_value("gfs?12Paka alikaa mara 1.")
    assert not page.locator("details[open]").count()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    expect(page.locator("#guideline .sheet")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#guideline .sheet")).to_be_hidden()
    page.keyboard.press("Alt+g")
    expect(page.locator("#guideline .sheet")).to_be_visible()


def test_the_keys_are_explained_for_the_task_that_is_on_the_screen(visit, cast, campaign):
    page = visit(cast.bola).tab(work(campaign))
    page.keyboard.press("Alt+?")
    expect(page.locator("#keys .sheet")).to_contain_text("into the text")
    page.keyboard.press("Escape")
    expect(page.locator("#keys .sheet")).to_be_hidden()
    expect(box(page)).to_be_focused()


def test_the_keys_of_a_survey_are_its_numbers_and_its_lease_goes_on(visit, cast, campaign):
    campaign.task_type = task_types.build("survey").spec()
    campaign.lease_minutes = 1
    campaign.save()
    page = visit(cast.bola).tab(work(campaign))
    page.keyboard.press("?")
    expect(page.locator("#keys .sheet")).to_contain_text("choose in the question you are at")
    expect(page.locator("#keys .sheet")).not_to_contain_text("into the text")
    page.keyboard.press("Escape")
    before = Assignment.objects.get().lease_until
    page.clock.install()
    page.reload()
    page.clock.fast_forward(25_000)
    wait_until(lambda: Assignment.objects.get().lease_until > before, "the page says that somebody is still there")
    assert not Submission.objects.exists()


def test_skipping_and_flagging_go_by_keyboard(visit, cast, campaign):
    page = visit(cast.bola).tab(work(campaign))
    page.keyboard.press("Alt+s")
    page.keyboard.type("I do not know this word.")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value("Paka alikaa mara 2.")
    page.keyboard.press("Alt+f")
    page.keyboard.type("Who sat?")
    page.keyboard.press("Control+Enter")
    expect(box(page)).to_have_value("Paka alikaa mara 3.")
    assert Assignment.objects.get(status="skipped").reason == "I do not know this word."
    assert Submission.objects.get().flagged == "Who sat?"


def compose(page: Page, text: str):
    """Begin a composition, as an input method does, and leave it open."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    return cdp


def test_a_key_pressed_while_an_input_method_composes_is_the_input_methods(visit, cast, campaign):
    drafted_in(cast, campaign, "my", "ကြောင်")
    page = visit(cast.bola).tab(work(campaign))
    page.evaluate("addEventListener('keydown', (e) => { window.seen = [e.isComposing, e.key]; }, true)")
    page.keyboard.press("Control+End")
    cdp = compose(page, "လေး")
    page.keyboard.press("Control+Enter")
    assert page.evaluate("window.seen") == [True, "Enter"]
    page.keyboard.press("Alt+g")
    assert not page.locator("details[open]").count()
    cdp.send("Input.insertText", {"text": "လေး"})
    expect(box(page)).to_have_value(re.compile("^ကြောင်လေး"))
    assert texts() == []


def test_the_same_key_without_a_composition_sends(visit, cast, campaign):
    """The control of the test above."""
    page = visit(cast.bola).tab(work(campaign))
    page.keyboard.press("Control+Enter")
    expect(box(page)).to_have_value("Paka alikaa mara 2.")


def test_a_key_of_an_input_method_that_says_only_229_is_left_alone(visit, cast, campaign):
    page = visit(cast.bola).tab(work(campaign))
    press = """(keyCode) => document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, keyCode, bubbles: true }))"""
    page.evaluate(press, 229)
    expect(box(page)).to_have_value("Paka alikaa mara 1.")
    page.evaluate(press, 13)
    expect(box(page)).to_have_value("Paka alikaa mara 2.")


@pytest.mark.parametrize(("language", "direction", "text"), [("ar", "rtl", "لم تجلس القطة."), ("my", "ltr", "ကြောင်မထိုင်ခဲ့ပါ။")])
def test_each_text_has_its_own_language_and_direction(visit, cast, campaign, language, direction, text):
    drafted_in(cast, campaign, language, text)
    page = visit(cast.bola).tab(work(campaign))
    expect(box(page)).to_have_value(text)
    for place in (".box", ".change.now"):
        expect(page.locator(place)).to_have_attribute("lang", language)
        expect(page.locator(place)).to_have_css("direction", direction)
    expect(page.locator(".source .text")).to_have_attribute("lang", "en")
    expect(page.locator(".source .text")).to_have_css("direction", "ltr")
    page.keyboard.press("Control+Enter")
    expect(box(page)).to_have_value("Paka alikaa mara 1.")
    assert texts() == [text]


def test_in_a_script_without_spaces_the_difference_is_shown_by_character(visit, cast, campaign):
    drafted_in(cast, campaign, "my", "ကြောင်မထိုင်ခဲ့ပါ။")
    page = visit(cast.bola).tab(work(campaign))
    box(page).fill("ကြောင်ထိုင်ခဲ့ပါ။")
    expect(page.locator(".change.now del")).to_have_text("မ")


# --- nothing typed is lost -------------------------------------------------------------------------------------------


def test_an_answer_given_without_a_connection_is_kept_and_sent_once_when_it_is_back(visit, cast, campaign):
    bola = visit(cast.bola)
    bola.expects.append(OFFLINE)
    page = bola.tab(work(campaign))
    bola.context.set_offline(True)
    box(page).fill("Bila mtandao.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toast")).to_contain_text("kept in this browser")
    expect(box(page)).to_have_value("Bila mtandao.")
    expect(box(page)).not_to_be_editable()
    page.keyboard.press("Control+Enter")
    assert texts() == []
    bola.context.set_offline(False)
    expect(box(page)).to_have_value("Paka alikaa mara 2.")
    expect(page.locator("#toast")).to_be_hidden()
    assert texts() == ["Bila mtandao."]


def test_an_answer_survives_its_tab(visit, cast, campaign):
    bola = visit(cast.bola)
    bola.expects.append(OFFLINE)
    page = bola.tab(work(campaign))
    bola.context.set_offline(True)
    box(page).fill("Kabla ya kufunga.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toast")).to_be_visible()
    page.close()
    bola.context.set_offline(False)
    expect(box(bola.tab(work(campaign)))).to_have_value("Paka alikaa mara 2.")
    assert texts() == ["Kabla ya kufunga."]


def test_an_answer_whose_receipt_was_lost_is_stored_once(visit, cast, campaign):
    bola = visit(cast.bola)
    bola.expects.append("ERR_FAILED")
    page = bola.tab(work(campaign))
    lost = []

    def lose_the_first_answer(route):
        if "do=submit" in (route.request.post_data or "") and not lost:
            lost.append(route.fetch().status)
            return route.abort()
        return route.continue_()

    page.route("**/work/**", lose_the_first_answer)
    page.keyboard.press("Control+Enter")
    expect(box(page)).to_have_value("Paka alikaa mara 2.")
    assert (lost, len(texts())) == ([200], 1)


def test_what_is_typed_comes_back_after_a_reload_from_this_browser_alone(visit, cast, campaign):
    bola = visit(cast.bola)
    bola.expects.append("ERR_FAILED")
    page = bola.tab(work(campaign))
    page.route("**/work/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    box(page).fill("Haijahifadhiwa.")
    page.reload()
    expect(box(page)).to_have_value("Haijahifadhiwa.")


def test_what_is_typed_is_saved_on_the_server_at_a_pause_and_shown_on_another_device(visit, cast, campaign):
    page = visit(cast.bola).tab(work(campaign))
    box(page).fill("Nusu tu")
    expect(page.locator("[data-state]")).to_have_text("Draft saved")
    other = visit(cast.bola).tab(work(campaign))
    expect(box(other)).to_have_value("Nusu tu")
    assert texts() == []


def test_an_ended_sign_in_keeps_the_text_and_signing_in_again_sends_it(visit, cast, campaign):
    cast.bola.set_password(PASSWORD)  # hashed as the server hashes, which the quick cast is not
    cast.bola.save()
    bola = visit(cast.bola)
    bola.expects.append("401 (Unauthorized)")
    page = bola.tab(work(campaign))
    bola.context.clear_cookies(name="sessionid")
    box(page).fill("Bado ipo.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toast")).to_contain_text("Your sign-in has ended")
    page.locator("#toast a").click()
    page.fill("input[name=username]", "bola")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button").click()
    expect(box(page)).to_have_value("Paka alikaa mara 2.")
    assert texts() == ["Bado ipo."]


def test_an_answer_that_others_overtook_stays_on_the_screen_until_the_person_goes_on(visit, cast, campaign):
    bola = visit(cast.bola)
    bola.expects.append("409 (Conflict)")
    page = bola.tab(work(campaign))
    box(page).fill("Nimechelewa.")
    Assignment.objects.update(status="expired")
    campaign.tasks.filter(assignments__isnull=False).update(open=0)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toast")).to_contain_text("Your text is kept as your draft")
    expect(box(page)).to_have_value("Nimechelewa.")
    page.get_by_role("button", name="Go on").click()
    expect(box(page)).to_have_value("Paka alikaa mara 2.")
    assert Assignment.objects.get(status="expired").draft["content"] == {"text": "Nimechelewa."}


def test_what_the_server_refuses_stays_to_be_mended(visit, cast, campaign):
    bola = visit(cast.bola)
    bola.expects.append("422 (Unprocessable")
    page = bola.tab(work(campaign))
    box(page).fill("   ")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-error=text]")).to_have_text("is empty")
    expect(box(page)).to_be_focused()
    page.keyboard.type("Sawa.")
    page.keyboard.press("Control+Enter")
    expect(box(page)).to_have_value("Paka alikaa mara 2.")
    assert texts() == ["   Sawa."]


def test_two_tabs_show_one_task_and_move_on_together(visit, cast, campaign):
    bola = visit(cast.bola)
    one, two = bola.tab(work(campaign)), bola.tab(work(campaign))
    same = one.locator(".task").get_attribute("data-assignment")
    expect(two.locator(".task")).to_have_attribute("data-assignment", same)
    one.bring_to_front()
    box(one).fill("Katika kichupo kimoja.")
    one.keyboard.press("Control+Enter")
    expect(box(one)).to_have_value("Paka alikaa mara 2.")
    expect(box(two)).to_have_value("Paka alikaa mara 2.")
    assert texts() == ["Katika kichupo kimoja."]
    assert Assignment.objects.filter(status="active").count() == 1


# --- the expert, and a browser without scripts ---------------------------------------------------------------------------


@pytest.fixture
def edited(cast):
    """A sentence that a machine drafted and Bola edited waits for the expert."""
    made = cast.campaign("verify")
    row = cast.drafted("The cat did not sit.", "Paka aliketi.", key="n1")
    row.current = translation(row, "Paka hakuketi.", origin="post-edited", parent=row.current, author=cast.bola)
    row.save()
    task(made, row, stage="verify")
    return made


def test_an_expert_decides_and_rates_by_keyboard(visit, cast, edited):
    page = visit(cast.efe).tab(work(edited))
    expect(page.locator(".change ins").first).to_have_text("hakuketi")
    page.keyboard.press("Alt+1")
    page.keyboard.press("4")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-empty]")).to_be_visible()
    payload = Submission.objects.get().payload
    assert (payload["decision"], payload["rating"], payload["content"]) == ("accept", 4, None)


def test_digits_decide_only_outside_of_the_text(visit, cast, edited):
    page = visit(cast.efe).tab(work(edited))
    page.keyboard.type("2")
    assert not page.locator("input[name=decision]:checked").count()
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.locator("input[value=redo]")).to_be_checked()
    expect(page.locator("[name=reason]")).to_be_focused()


def test_sending_back_without_a_reason_does_not_leave_the_page(visit, cast, edited):
    page = visit(cast.efe).tab(work(edited))
    page.keyboard.press("Alt+2")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[name=reason]:invalid")).to_have_count(1)
    page.keyboard.type("The tense is wrong.")
    page.keyboard.press("Control+Enter")
    wait_until(Submission.objects.exists, "the verdict is stored")
    assert Submission.objects.get().payload["reason"] == "The tense is wrong."


def test_an_adjudicator_takes_none_by_its_number_and_writes_at_once(visit, cast, campaign):
    for number, who in enumerate((cast.bola, cast.bisi)):
        Task.objects.filter(unit__item__key="s1").update(needed=2, open=2 - number)
        held = assignments.claim(campaign, by=who)
        assignments.submit(held, {"content": {"text": f"{who} A."}}, by=who, key=f"k{number}")
    page = visit(cast.efe).tab(work(campaign))
    expect(page.locator(".candidate:not(.own)")).to_have_count(2)
    expect(page.locator(".candidate:has(ins)")).to_have_count(2)
    page.keyboard.press("3")
    expect(box(page)).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("Yule paka.")
    page.keyboard.press("Control+Enter")
    wait_until(lambda: Submission.objects.count() == 3, "the decision is stored")
    assert Submission.objects.latest("pk").payload["own"]["content"] == {"text": "Yule paka."}


def test_it_works_without_javascript(visit, cast, campaign):
    page = visit(cast.bola, java_script_enabled=False).tab(work(campaign))
    box(page).fill("Bila JavaScript.")
    page.get_by_role("button", name="Submit").click()
    expect(box(page)).to_have_value("Paka alikaa mara 2.")
    assert texts() == ["Bila JavaScript."]
