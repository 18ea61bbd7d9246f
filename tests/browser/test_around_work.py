"""What is around the work, in a real browser: comments and batches by keyboard, My work and an appeal."""

from django.urls import reverse
from playwright.sync_api import Page, expect

from annotation.actions import appeals, assignments
from annotation.models import Appeal, Assignment, Comment, Submission
from tests.browser.conftest import arrived, drafted_in, work
from tests.world import join, person


def box(page: Page):
    return page.locator(".box").first


def judged(cast, campaign, language="sw", text="Paka hakuketi."):
    """Bola's text in a language, which Efe rejected."""
    drafted_in(cast, campaign, language, text)
    for who, payload in ((cast.bola, {"content": {"text": text + " !"}}), (cast.efe, {"decision": "reject", "reason": "No."})):
        held = assignments.claim(campaign, by=who)
        assignments.submit(held, payload, by=who, key=f"k{held.pk}", flagged="Who?" if who == cast.bola else "")
    return Submission.objects.get(assignment__person=cast.bola)


def test_a_comment_is_said_by_keyboard_and_the_text_stays(visit, cast, campaign):
    page = visit(cast.bola).tab(work(campaign))
    page.keyboard.type("Yule ")
    page.keyboard.press("Alt+c")
    page.keyboard.type("Is it habitual?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-comments]")).to_contain_text("Is it habitual?")
    expect(page.locator("[name=remark]")).to_have_value("")
    expect(box(page)).to_have_value("Yule Paka alikaa mara 1.")
    assert Comment.objects.get().text == "Is it habitual?" and not Submission.objects.exists()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    expect(box(page)).to_have_value("Paka alikaa mara 2.")


def test_without_javascript_a_comment_keeps_the_text_as_a_draft(visit, cast, campaign):
    page = visit(cast.bola, java_script_enabled=False).tab(work(campaign))
    box(page).fill("Paka yule.")
    page.locator("#comments summary").click()
    page.locator("[name=remark]").fill("Is it habitual?")
    page.get_by_role("button", name="Say it").click()
    expect(box(page)).to_have_value("Paka yule.")
    page.locator("#comments summary").click()
    expect(page.locator("[data-comments]")).to_contain_text("Is it habitual?")


def test_a_reason_for_a_flag_is_chosen_and_goes_with_the_answer(visit, cast, campaign):
    page = visit(cast.bola).tab(work(campaign))
    page.keyboard.press("Alt+f")
    page.keyboard.type("Look at the cat.")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Control+Enter")
    expect(box(page)).to_have_value("Paka alikaa mara 2.")
    assert Submission.objects.get().flagged == "The source has a mistake: Look at the cat."


def test_a_batch_is_taken_done_and_followed_by_the_next(visit, cast, campaign):
    campaign.batch_size = 2
    campaign.save()
    page = visit(cast.bola).tab(reverse("my_work"))
    page.get_by_role("link", name="Take a batch").press("Enter")
    page.get_by_role("button", name="Take a batch").press("Enter")
    expect(page.locator(".progress")).to_contain_text("0 of 2, due")
    for number in (1, 2):
        expect(box(page)).to_have_value(f"Paka alikaa mara {number}.")
        arrived(page)
        page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Take a batch").press("Enter")
    expect(box(page)).to_have_value("Paka alikaa mara 3.")
    arrived(page)
    page.keyboard.press("Alt+s")
    page.get_by_role("button", name="Give back the rest of the batch").press("Enter")
    expect(page.locator("h1")).to_have_text("My work")
    assert Assignment.objects.get(task__unit__item__key="s3").status == "active", "what is begun stays"


def test_a_script_that_comes_late_does_not_take_the_focus_from_the_button_already_gone_to(visit, cast, campaign):
    campaign.batch_size = 2
    campaign.save()
    page = visit(cast.bola).tab(reverse("my_work"))
    held = []
    page.route("**/js/work*.js*", lambda route: held.append(route))
    page.get_by_role("link", name="Take a batch").press("Enter")
    button = page.get_by_role("button", name="Take a batch")
    button.focus()
    with page.expect_event("load"):
        held[0].continue_()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".progress")).to_contain_text("0 of 2, due")


def test_an_appeal_goes_from_my_work_to_a_second_experts_decision_and_back(visit, cast, campaign):
    judged(cast, campaign)
    eve = person("eve")
    join(cast.dataset, eve, "expert")
    bola = visit(cast.bola)
    page = bola.tab(reverse("my_work"))
    page.get_by_text("Appeal", exact=True).click()
    page.locator("textarea[name=reason]").fill("It does say so.")
    page.get_by_role("button", name="Ask for a second expert").press("Enter")
    expect(page.locator("main")).to_contain_text("You have appealed")
    second = visit(eve).tab(reverse("review", args=["xnli"]))
    second.get_by_role("link", name="Decide appeal").press("Enter")
    for tick in second.locator("input[name=acceptable]").all():
        tick.press("Space")
    second.locator("#note").fill("Both will do.")
    second.get_by_role("button", name="Decide").press("Enter")
    expect(second.locator("#notices")).to_contain_text("Decided.")
    assert Appeal.objects.get().status == "overturned"
    page.reload()
    expect(page.locator("main")).to_contain_text("your text was right")
    assert appeals.text(Submission.objects.filter(appeal__isnull=False).get()) == {"text": "Paka hakuketi. !"}
