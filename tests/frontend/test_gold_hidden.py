"""Gold and work look alike in every answer and on every page, and only training says what was right."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from annotation.actions import assignments, quality
from annotation.models import Finding, Gold
from tests.world import task, translation

pytestmark = pytest.mark.django_db
RIGHT = {"content": {"text": "Paka mweusi ameketi."}}
# The middle of the answers so far, once there are a few.
PACE = re.compile(r"""<span class="pace".*?</span>""")
DIGITS = re.compile(r"\d+")
RANDOM = re.compile(r'name="(csrfmiddlewaretoken|key)" value="\w+"')
MOMENT = re.compile(r"<time.*?</time>")
SCRIPT = {"HTTP_ACCEPT": "application/json"}


def unit_of(cast, number):
    unit = cast.drafted(f"The cat sat {number:03}.", f"Paka aliketi {number:03}.")
    Finding.objects.create(
        translation=unit.current, check_name="numbers", verdict="fail", detail="15 became 50.", signature="numbers|v:1"
    )
    return unit


@pytest.fixture
def campaign(cast):
    """Work and gold in equal parts; half of the gold is made of texts that people had mended and experts verified."""
    made = cast.campaign(gold_rate=0.5, overlap=2, verification="none", quality_rule={"pause_below": 0.5, "after": 50})
    for number in range(20):
        task(made, unit_of(cast, number), needed=2)
    for number in range(20, 40):
        unit = unit_of(cast, number)
        if number % 2:
            unit.current = translation(
                unit, f"Paka ameketi {number}.", parent=unit.current, author=cast.ben, origin="post-edited"
            )
            unit.status = "verified"
            unit.save()
        quality.make_gold(made, unit, expected=RIGHT, explanation="It sits now.", by=cast.ada)
    return made


def by_purpose(found):
    """What was collected beside each purpose: one collection for work and one for gold, both not empty."""
    told = {purpose: [one for which, one in found if which == purpose] for purpose in ("work", "gold")}
    assert len(told["work"]) > 3 and len(told["gold"]) > 3
    return told["work"], told["gold"]


def purpose_of(pk):
    return "gold" if Gold.objects.filter(task__assignments=pk).exists() else "work"


def plain(value):
    """A JSON value with its numbers and the numbers in its texts made equal; its keys and its shape stay."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return DIGITS.sub("0", value) if isinstance(value, str) else 0 if isinstance(value, int | float) else value


def counted(call):
    with CaptureQueriesContext(connection) as queries:
        response = call()
    return response, len(queries)


def test_over_the_api_gold_is_handed_out_and_answered_like_work(cast, campaign, as_):
    client, found = as_(cast.bola), []
    for _ in range(24):
        given, claims = counted(lambda: client.post(reverse("api_claim", args=[campaign.pk])))
        pk = given.json()["assignment"]
        answered = client.post(
            reverse("api_submit", args=[pk]), {"payload": RIGHT}, content_type="application/json",
            headers={"Idempotency-Key": f"key-{pk}"},
        )  # fmt: skip
        found.append((purpose_of(pk), (claims, plain(given.json()), answered.status_code, plain(answered.json()))))
    work, gold = by_purpose(found)
    assert all(one == work[0] for one in work + gold)
    assert work[0][3]["feedback"] is None


def test_on_the_page_gold_looks_like_work_to_the_letter(cast, campaign, as_):
    client, found, url = as_(cast.bola), [], reverse("work", args=["xnli", "post-edit"])
    for _ in range(24):
        page, queries = counted(lambda: client.get(url))
        text = page.content.decode()
        pk = int(re.search(r'data-assignment="(\d+)"', text)[1])
        found.append((purpose_of(pk), (queries, DIGITS.sub("0", RANDOM.sub("", PACE.sub("", text))))))
        sent = {"do": "submit", "assignment": pk, "key": f"key-{pk}", "content.text": "Paka mweusi ameketi."}
        assert client.post(url, sent).status_code == 302
    work, gold = by_purpose(found)
    assert all(one == work[0] for one in work + gold)


def test_the_count_of_what_is_left_goes_down_by_one_at_gold_too(cast, campaign, as_):
    client, left, url = as_(cast.bola), [], reverse("work", args=["xnli", "post-edit"])
    for _ in range(24):
        text = client.get(url).content.decode()
        left.append(int(re.search(r"(\d+) more left", text)[1]))
        pk = int(re.search(r'data-assignment="(\d+)"', text)[1])
        client.post(url, {"do": "submit", "assignment": pk, "key": f"key-{pk}", "content.text": "Paka mweusi ameketi."})
    assert left == list(range(left[0], left[0] - 24, -1))


def test_no_word_of_gold_reaches_who_works(cast, campaign, as_):
    client = as_(cast.bola)
    for _ in range(8):
        given = client.post(reverse("api_claim", args=[campaign.pk]))
        pk = given.json()["assignment"]
        page = client.get(reverse("work", args=["xnli", "post-edit"])).content.decode()
        for text in (given.content.decode(), page):
            assert "It sits now." not in text and "mweusi" not in text and "gold" not in text.casefold()
        client.post(
            reverse("api_submit", args=[pk]), {"payload": RIGHT}, content_type="application/json",
            headers={"Idempotency-Key": f"key-{pk}"},
        )  # fmt: skip


def test_a_persons_own_history_says_the_same_of_gold_and_of_work(cast, campaign, as_, page):
    campaign.tasks.filter(purpose="work").update(needed=1, open=1)  # so that every answer to work settles its task
    client, purposes = as_(cast.bola), []
    for _ in range(12):
        pk = client.post(reverse("api_claim", args=[campaign.pk])).json()["assignment"]
        purposes.append(purpose_of(pk))
        client.post(
            reverse("api_submit", args=[pk]), {"payload": RIGHT}, content_type="application/json",
            headers={"Idempotency-Key": f"key-{pk}"},
        )  # fmt: skip
    assert len(set(purposes)) == 2
    shown = page(client, "history", "xnli")
    assert shown.count("submit") >= 12 and "task " not in shown and "unit " not in shown
    assert "task " in page(as_(cast.ada), "history", "xnli")


def test_a_campaigns_counts_leave_gold_out(cast, campaign, as_, page):
    assert "0 / 20<" in page(as_(cast.ada), "campaigns", "xnli")
    shown = page(as_(cast.ada), "campaign", "xnli", "post-edit")
    assert "0 of 20 tasks done" in shown and "40 answers are still wanted" in shown


def test_no_count_stands_still_after_gold_before_those_who_annotate(cast, campaign, as_, page):
    def shown(who):
        pages = (page(as_(who), name, *args) for name, args in (("campaigns", ["xnli"]), ("campaign", ["xnli", "post-edit"])))
        return [MOMENT.sub("", RANDOM.sub("", text)) for text in pages]

    before, purposes, moved = shown(cast.bola), [], []
    for _ in range(8):
        held = assignments.claim(campaign, by=cast.bola)
        as_it_was = shown(cast.ada)
        assignments.submit(held, RIGHT, by=cast.bola, key=f"key-{held.pk}")
        purposes.append(held.task.purpose)
        moved.append(wanted(as_it_was[1]) != wanted(shown(cast.ada)[1]))
        assert shown(cast.bola) == before
    assert moved == [one == "work" for one in purposes], "a control: before a manager the counts do tell it"
    assert len(set(moved)) == 2


def wanted(text: str) -> str:
    return re.search(r"(\d+) answers are still wanted", text)[1]


@pytest.fixture
def training(cast):
    made = cast.campaign("trained", qualification={"training": 2, "test": 1, "pass": 1.0, "tries": 1, "days": 1})
    for number in range(3):
        purpose = "training" if number < 2 else "test"
        quality.make_gold(made, unit_of(cast, number), expected=RIGHT, purpose=purpose, explanation="It <sits>.", by=cast.ada)
    return made


@pytest.mark.parametrize("headers", [{}, SCRIPT])
def test_training_says_on_the_page_what_was_right_with_and_without_script(cast, training, as_, headers):
    client, url = as_(cast.bola), reverse("work", args=["xnli", "trained"])
    said = []
    for _ in range(3):
        pk = int(re.search(r'data-assignment=\\?"(\d+)', client.get(url).content.decode())[1])
        sent = {"do": "submit", "assignment": pk, "key": f"key-{pk}", "content.text": "Mbwa."}
        said.append(client.post(url, sent, follow=True, **headers).content.decode())
    assert all("It &lt;sits&gt;." in one and "Paka mweusi ameketi." in one for one in said[:2])
    assert "It &lt;sits&gt;." not in said[2] and "did not pass" in said[2]


def test_training_says_over_the_api_what_was_right(cast, training, as_):
    client, said = as_(cast.bola), []
    for _ in range(3):
        pk = client.post(reverse("api_claim", args=[training.pk])).json()["assignment"]
        answered = client.post(
            reverse("api_submit", args=[pk]), {"payload": RIGHT}, content_type="application/json",
            headers={"Idempotency-Key": f"key-{pk}"},
        )  # fmt: skip
        said.append(answered.json()["feedback"])
    assert said[0] == {"right": True, "explanation": "It <sits>.", "accepted": [RIGHT | {"comment": ""}]} and said[2] is None
