"""The whole chain in real browsers: one YAML, six people, and the numbers their manager reads afterwards."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from annotation.actions import campaigns
from annotation.models import Appeal, Consensus, Submission, Task, Unit
from core.models import User
from tests.world import drafted, join, person, unit

CHAIN = """\
campaigns:
  - slug: post-edit
    name: Post-edit
    guideline: Say what the source says.
    verification: none
    credit: {rate: "0.50"}
    effects: [{do: adopt}]
  - slug: survey
    name: Two questions by two people
    task_type: survey
    admission: {after: {campaign: post-edit}}
    audience: {others: true}
    overlap: 2
    verification: none
    credit: {rate: "0.10"}
    effects:
      - {when: {any: {quality: wrong}}, do: redo, to: post-edit, reason: somebody calls it wrong}
      - {do: adopt}
  - slug: expert
    name: Expert edit and rating
    task_type: verify
    admission: {after: {campaign: survey}}
    audience: {role: expert, others: true}
    verification: none
    effects:
      - {when: {any: {rating: {below: 4}}}, do: redo, to: post-edit, reason: rated under 4}
      - {do: verify}
  - slug: relabel
    name: Labels in both languages
    task_type: relabel
    admission: {kinds: [pair], status: [verified], after: {campaign: expert}}
    overlap: 2
    verification: disputed
    effects: [{do: label}]
"""
SOURCES = {"ferry": "The night ferry carried 15 buses across the lake.", "lake": "Several vehicles crossed the lake."}
DRAFTS = {
    ("ferry", "my"): "ညကူးတို့သင်္ဘောသည် ဘတ်စ်ကား 15 စီးကို ရေကန်တစ်ဖက်ကမ်းသို့ ပို့ဆောင်ပေးခဲ့သည်။",
    ("lake", "my"): "ယာဉ်အချို့သည် ရေကန်ကို ဖြတ်ကူးခဲ့ကြသည်။",
    ("ferry", "ar"): "نقلت العبّارة الليلية 15 حافلة عبر البحيرة.",
    ("lake", "ar"): "عبرت عدة مركبات البحيرة.",
}
# What Bola and Bisi make of the drafts; the first is a wrong one, and comes back.
WRONG = "ညကူးတို့သင်္ဘောသည် ဘတ်စ်ကား 50 စီးကို ပို့ခဲ့သည်။"
LAKE_MY = "ယာဉ်အချို့ ရေကန်ကို ဖြတ်ကူးခဲ့သည်။"
FERRY_AR = "نقلت العبّارة الليلية خمس عشرة حافلة عبر البحيرة."
LAKE_AR = "عبرت مركبات البحيرة."
FERRY_MY = "ညကူးတို့သင်္ဘောက ဘတ်စ်ကား 15 စီးကို ရေကန်ဖြတ်ကာ ပို့ခဲ့သည်။"
LAKE_AR_AGAIN = "عبرت عدة مركبات البحيرة معًا."
# What Efe makes of Bisi's.
FERRY_AR_EXPERT = "نقلت العبّارة الليلية 15 حافلة إلى الضفة الأخرى من البحيرة."
Desk = Callable[[str, str], Page]


@pytest.fixture
def crew(cast) -> dict[str, User]:
    """Four annotators and two experts of Burmese and Arabic; two sentences are drafted in both, and nobody was asked anything."""
    cast.dataset.languages.create(tag="ar")
    cast.dataset.languages.filter(tag="sw").delete()
    nia, eve = person("nia"), person("eve")
    join(cast.dataset, nia, "annotator")
    join(cast.dataset, eve, "expert")
    cast.dataset.members.exclude(role="manager").update(languages=["ar", "my"])
    items = {key: cast.sentence(text, key) for key, text in SOURCES.items()}
    for (key, language), draft in DRAFTS.items():
        drafted(unit(items[key], language), draft)
    cast.pair(items["ferry"], items["lake"], "entailment", key="pair")
    return {"bola": cast.bola, "bisi": cast.bisi, "ben": cast.ben, "nia": nia, "efe": cast.efe, "eve": eve}


@pytest.fixture
def desk(visit, crew) -> Desk:
    """``desk("bola", "survey")``: Bola's tab, on the next task of that campaign. The sweep has gone round before."""
    tabs: dict[str, Page] = {}

    def sit_down(name: str, slug: str) -> Page:
        campaigns.admit_due()
        if name not in tabs:
            tabs[name] = visit(crew[name]).tab(reverse("my_work"))
        page = tabs[name]
        page.goto(page.url.partition("/me/")[0].partition("/d/")[0] + reverse("work", args=["xnli", slug]))
        return page

    return sit_down


def test_six_people_bring_two_sentences_in_two_languages_through_the_whole_chain(visit, cast, crew, desk):
    ada = visit(cast.ada).tab(reverse("campaigns", args=["xnli"]))
    _make_and_open(ada)
    _post_edit(desk)
    _survey(desk)
    _edit_and_rate(desk)
    _mend_what_came_back(desk)
    _reject_and_appeal(desk)
    _label(desk)
    assert not campaigns.admit_due() and not Task.objects.filter(status="open").exists()
    assert set(Unit.objects.values_list("status", flat=True)) == {"verified", "composed"}
    assert _judges_of_their_own_text() == []
    _read(ada)


def _make_and_open(ada: Page) -> None:
    ada.get_by_text("Or write it as YAML").click()
    ada.locator("textarea[name=text]").fill(CHAIN)
    ada.locator("button[value=yaml]").press("Enter")
    expect(ada.locator("#notices")).to_contain_text("Post-edit, Two questions by two people, Expert edit and rating")
    ada.get_by_role("button", name="Open the 4 being prepared").press("Enter")
    expect(ada.locator("#notices")).to_contain_text("4 campaigns are live. 4 new tasks.")


def _post_edit(desk: Desk) -> None:
    """Two write, in scripts and directions of their own; what they wrote is not among what waits for them."""
    bola, bisi = desk("bola", "post-edit"), desk("bisi", "post-edit")
    _write(bola, DRAFTS["ferry", "my"], WRONG)
    _write(bisi, DRAFTS["lake", "my"], LAKE_MY)
    expect(bola.locator(".box")).to_have_attribute("dir", "rtl")
    _write(bola, DRAFTS["ferry", "ar"], FERRY_AR)
    _write(bisi, DRAFTS["lake", "ar"], LAKE_AR)
    for page in (bola, bisi):
        expect(page.locator("[data-empty]")).to_be_visible()
    campaigns.admit_due()
    bola.get_by_role("main").get_by_role("link", name="My work").press("Enter")
    waits = bola.locator("article", has_text="Two questions by two people")
    expect(waits).to_contain_text("Arabic ar 1")
    expect(waits).to_contain_text("Burmese my 1")


def _survey(desk: Desk) -> None:
    """Two others answer two questions by number; one of them calls a text wrong."""
    for name, first in (("ben", "3"), ("nia", "1")):
        page = desk(name, "survey")
        _choose(page, WRONG, first, "1")
        for text in (LAKE_MY, FERRY_AR, LAKE_AR):
            _choose(page, text, "1", "1")
        expect(page.locator("[data-empty]")).to_be_visible()


def _edit_and_rate(desk: Desk) -> None:
    """An expert takes the first as it is, edits the second, and rates the third so low that it goes back."""
    efe = desk("efe", "expert")
    _rate(efe, LAKE_MY, "5")
    expect(efe.locator(".box")).to_have_value(FERRY_AR)
    expect(efe.locator(".change ins").first).to_be_visible()
    efe.keyboard.press("Control+A")
    efe.keyboard.type(FERRY_AR_EXPERT)
    _rate(efe, FERRY_AR_EXPERT, "4")
    _rate(efe, LAKE_AR, "3")
    expect(efe.locator("[data-empty]")).to_be_visible()


def _mend_what_came_back(desk: Desk) -> None:
    """Both come round again with the reason, and are surveyed again."""
    bisi = desk("bisi", "post-edit")
    expect(bisi.locator(".notice")).to_have_text("Sent back: somebody calls it wrong")
    _write(bisi, WRONG, FERRY_MY)
    expect(bisi.locator(".notice")).to_have_text("Sent back: rated under 4")
    _write(bisi, LAKE_AR, LAKE_AR_AGAIN)
    for name in ("ben", "nia"):
        page = desk(name, "survey")
        _choose(page, FERRY_MY, "1", "1")
        _choose(page, LAKE_AR_AGAIN, "2", "1")


def _reject_and_appeal(desk: Desk) -> None:
    """The second expert rejects a text; its author appeals, and the first expert decides without knowing whose it is."""
    eve = desk("eve", "expert")
    expect(eve.locator(".box")).to_have_value(FERRY_MY)
    eve.keyboard.press("Alt+3")
    eve.keyboard.type("No verb.")
    _send(eve)
    _rate(eve, LAKE_AR_AGAIN, "5")
    bisi = desk("bisi", "post-edit")
    bisi.get_by_role("main").get_by_role("link", name="My work").press("Enter")
    news = bisi.locator("li", has_text="Your text was rejected")
    expect(news).to_contain_text("No verb.")
    news.locator("summary").press("Enter")
    news.locator("textarea").fill("It has one.")
    news.get_by_role("button").press("Enter")
    eve, efe = desk("eve", "expert"), desk("efe", "expert")
    for page, appeals_to_decide in ((eve, 0), (efe, 1)):
        page.get_by_role("main").get_by_role("link", name="My work").press("Enter")
        expect(page.get_by_role("heading", name="My work")).to_be_visible()
        expect(page.get_by_role("heading", name="An appeal to decide")).to_have_count(appeals_to_decide)
    efe.get_by_role("link", name="Decide").press("Enter")
    expect(efe.get_by_role("main")).not_to_contain_text("Bisi")
    efe.locator("section", has_text=FERRY_MY).get_by_role("checkbox").press("Space")
    efe.get_by_label("Why?").fill("The verb is there.")
    efe.get_by_role("button", name="Decide").press("Enter")
    expect(efe.locator("#notices")).to_contain_text("Decided.")
    assert Appeal.objects.get().status == "overturned"
    bisi.reload()
    expect(bisi.get_by_role("main")).to_contain_text("your text was right")
    _rate(desk("efe", "post-edit"), FERRY_MY, "5")


def _label(desk: Desk) -> None:
    """Two label the pairs in both languages and disagree about one; an expert takes one of the answers with one key."""
    for name, last in (("bola", "1"), ("ben", "2")):
        page = desk(name, "relabel")
        _choose(page, LAKE_AR_AGAIN, "1", "1")
        _choose(page, LAKE_MY, "1", last)
        expect(page.locator("[data-empty]")).to_be_visible()
    eve = desk("eve", "relabel")
    expect(eve.locator(".candidate:not(.own)")).to_have_count(2)
    while eve.locator(".task").count():  # a random share of what people agree about is looked at, too
        eve.keyboard.press("1")
        _send(eve)
    assert Consensus.objects.filter(outcome="adjudicated", task__campaign__slug="relabel", task__language="my").count() == 1


def _read(ada: Page) -> None:
    """The manager finds on every page what has happened."""
    progress = {
        "Post-edit": "7 / 7",
        "Two questions by two people": "5 / 5",
        "Expert edit and rating": "3 / 4",
        "Labels in both languages": "2 / 2",
    }
    for name, done in progress.items():
        _tab(ada, "Campaigns")
        link = ada.get_by_role("link", name=name, exact=True)
        expect(ada.get_by_role("row").filter(has=link)).to_contain_text(done)
        link.press("Enter")
        expect(ada.get_by_role("main")).to_contain_text(done.replace(" / ", " of ") + " tasks done")
    _tab(ada, "Campaigns")
    ada.get_by_role("link", name="Agreement").press("Enter")
    quality = ada.get_by_role("region", name="Two questions by two people quality").locator("table").first
    _row(quality, "Arabic", "3", "6", "2", "1.000")
    _row(quality, "Burmese", "3", "6", "2", "0.667")
    labels = ada.get_by_role("region", name="Labels in both languages target").locator("table").first
    _row(labels, "Arabic", "1", "2", "2", "1.000")
    _row(labels, "Burmese", "1", "2", "2", "0.000")
    _tab(ada, "Revision")
    bought = ada.locator("section", has_text="What the experts bought").locator("table")
    _row(bought, "Arabic", "2", "0", "1", "1", "0", "100.0 %")
    _row(bought, "Burmese", "2", "2", "0", "0", "0", "0.0 %")
    _tab(ada, "Credits")
    expect(ada.get_by_role("main")).to_contain_text("4.70 EUR")
    for name, answers, amount in (("bola", 2, "1.00"), ("bisi", 4, "2.00"), ("ben", 6, "0.60"), ("nia", 6, "0.60"), ("efe", 1, "0.50")):
        _row(ada.locator("table"), name, str(answers), f"{amount} EUR")
    _tab(ada, "Quality")
    expect(ada.get_by_role("main")).to_contain_text("Nothing stands out in this campaign.")
    _tab(ada, "Flags")
    _row(ada.locator("table"), "ferry", "overturned", "It has one.", "The verb is there.")


def _tab(ada: Page, name: str) -> None:
    ada.get_by_role("navigation", name="Dataset").get_by_role("link", name=name, exact=True).press("Enter")
    expect(ada.get_by_role("navigation", name="Dataset").get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")


def _row(table: Locator, name: str, *cells: str) -> None:
    """The cells of the table's row of that name begin with these, in this order, with others between them."""
    row = table.get_by_role("row", name=name)
    expect(row).to_be_visible()
    found = [f"{' '.join(text.split())} " for text in row.locator("td").all_inner_texts()]
    rest = iter(found)
    assert all(any(text.startswith(f"{wanted} ") for text in rest) for wanted in cells), found


def _write(page: Page, before: str, after: str) -> None:
    """Replace the text in the box, and send it."""
    expect(page.locator(".box")).to_have_value(before)
    expect(page.locator(".box")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type(after)
    _send(page)


def _choose(page: Page, about: str, *digits: str) -> None:
    """Answer the questions about the text by their options' numbers, and send them."""
    expect(page.get_by_role("main")).to_contain_text(about)
    for digit in digits:
        page.keyboard.press(digit)
    _send(page)


def _rate(page: Page, text: str, rating: str) -> None:
    """Accept the text with a rating, and send it."""
    expect(page.locator(".box")).to_have_value(text)
    page.keyboard.press("Alt+1")
    page.keyboard.press(rating)
    _send(page)


def _send(page: Page) -> None:
    """Send the answer by its key, and wait until the next task has taken its place."""
    sent = page.locator(".task").get_attribute("data-assignment")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"[data-assignment='{sent}']")).to_have_count(0)


def _judges_of_their_own_text() -> list[str]:
    """Who answered a survey, rated, or decided an appeal about a unit that they write a text of."""
    wrote = set(_answered(campaign="post-edit", stage="annotate"))
    judged = [*_answered(campaign="survey"), *_answered(campaign="expert"), *_answered(stage="verify")]
    judged += Appeal.objects.values_list("decided_by__username", "submission__assignment__task__unit")
    return [name for name, about in judged if (name, about) in wrote]


def _answered(campaign: str = "", stage: str = "") -> list[tuple[str, int]]:
    rows = Submission.objects.order_by("pk")
    rows = rows.filter(assignment__campaign__slug=campaign) if campaign else rows
    rows = rows.filter(assignment__stage=stage) if stage else rows
    return list(rows.values_list("assignment__person__username", "assignment__task__unit"))
