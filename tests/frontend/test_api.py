"""The REST API: who may call what, what it answers, and that it never tells what it should not."""

import json
from typing import Any

import pytest
from django.test import Client

from annotation.models import Assignment, Campaign, Finding, Member, Submission
from core.models import ApiToken, User
from tests.frontend.callers import SCOPES, Caller, error
from tests.world import drafted, task, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(cast):
    """Three drafted sentences, the first with a finding, for annotators of Swahili."""
    made = cast.campaign()
    for number in (1, 2, 3):
        row = cast.drafted(f"The cat sat {number}.", f"Paka {number}.", key=f"s{number}")
        task(made, row)
        Finding.objects.create(translation=row.current, check_name="numbers", verdict="ok", detail="", signature="numbers|v:1")
    return made


@pytest.fixture
def bola(cast):
    return Caller(cast.bola)


def claim(caller: Caller, campaign: Campaign) -> dict[str, Any]:
    response = caller.post(f"campaigns/{campaign.pk}/claim")
    assert response.status_code == 200, response.content.decode()
    return response.json()


def submit(caller: Caller, pk: int, text: str = "Paka.", key: str = "k", query: str = "", **more: Any) -> Any:
    body = {"payload": {"content": {"text": text}}} | more
    return caller.post(f"assignments/{pk}/submit{query}", body, **{"Idempotency-Key": key})


# --- working -----------------------------------------------------------------------------------------------------------


def test_claiming_hands_out_a_task_with_all_that_is_needed_to_answer_it(bola, campaign):
    given = claim(bola, campaign)
    assert given["source"] == {"text": "The cat sat 1."}
    assert given["draft"] == {"text": "Paka 1."}
    assert (given["source_language"], given["target_language"]) == ("en", "sw")
    assert (given["task_type"], given["stage"], given["round"]) == ("post_edit", "annotate", 1)
    assert given["findings"] == [{"check": "numbers", "verdict": "ok", "detail": ""}]
    assert (given["campaign"], given["saved"]) == (campaign.pk, None)


def test_claiming_again_gives_the_same_task(bola, campaign):
    assert claim(bola, campaign)["assignment"] == claim(bola, campaign)["assignment"]


def test_when_nothing_is_left_a_claim_is_204(bola, cast):
    assert bola.post(f"campaigns/{cast.campaign('empty').pk}/claim").status_code == 204


def test_an_answer_is_stored_and_brings_the_next_task(bola, campaign):
    first = claim(bola, campaign)["assignment"]
    response = submit(bola, first, "Paka.", query="?next=1", flagged="Odd.")
    assert response.status_code == 201
    assert response.json()["submission"]["assignment"] == first
    assert response.json()["next"]["source"] == {"text": "The cat sat 2."}
    stored = Submission.objects.get()
    assert (stored.payload["content"], stored.flagged) == ({"text": "Paka."}, "Odd.")


def test_without_asking_for_it_the_next_task_is_not_handed_out(bola, campaign):
    assert submit(bola, claim(bola, campaign)["assignment"]).json()["next"] is None
    assert not Assignment.objects.filter(status="active").exists()


def test_the_same_answer_again_is_200_and_stored_once(bola, campaign):
    first = claim(bola, campaign)["assignment"]
    answers = [submit(bola, first) for _ in range(3)]
    assert [one.status_code for one in answers] == [201, 200, 200]
    assert len({one.json()["submission"]["id"] for one in answers}) == Submission.objects.count() == 1


def test_another_answer_under_the_same_key_is_refused(bola, campaign):
    first = claim(bola, campaign)["assignment"]
    submit(bola, first)
    error(submit(bola, first, "Another."), 422)
    error(submit(bola, first, key="another"), 409)
    assert Submission.objects.get().payload["content"] == {"text": "Paka."}


def test_an_answer_without_a_key_is_refused(bola, campaign):
    first = claim(bola, campaign)["assignment"]
    assert "key" in error(bola.post(f"assignments/{first}/submit", {"payload": {"content": {"text": "a"}}}), 422)["message"]


def test_the_answer_is_stored_even_when_the_campaign_gives_out_no_more(bola, campaign):
    first = claim(bola, campaign)["assignment"]
    Campaign.objects.update(status="paused")
    response = submit(bola, first, query="?next=1")
    assert (response.status_code, response.json()["next"]) == (201, None)


@pytest.mark.parametrize("text", [" a ", "e\u0301", "\u202eabc", "က္က\u200b", "👩‍👩‍👧‍👦", "a\r\nb\n"], ids=ascii)
def test_text_is_stored_to_the_byte(bola, campaign, text):
    submit(bola, claim(bola, campaign)["assignment"], text)
    assert Submission.objects.get().payload["content"] == {"text": text}


def test_a_saved_draft_comes_with_the_next_claim_and_is_no_answer(bola, campaign):
    first = claim(bola, campaign)["assignment"]
    draft = {"content": {"text": "Pak"}}
    assert bola.post(f"assignments/{first}/draft", {"payload": draft}).status_code == 204
    assert claim(bola, campaign)["saved"] == draft
    assert not Submission.objects.exists()


def test_heartbeat_skip_and_give_back(bola, campaign):
    first = claim(bola, campaign)["assignment"]
    assert bola.post(f"assignments/{first}/heartbeat").json()["lease_until"] > "2026"
    assert error(bola.post(f"assignments/{first}/skip", {"reason": " "}), 422)["fields"] == {"reason": "is missing"}
    assert bola.post(f"assignments/{first}/skip", {"reason": "Too hard."}).status_code == 204
    second = claim(bola, campaign)["assignment"]
    assert second != first
    assert bola.post(f"assignments/{second}/give-back").status_code == 204
    error(bola.post(f"assignments/{second}/give-back"), 409)
    assert claim(bola, campaign)["assignment"] == second


def test_a_late_answer_is_a_conflict_and_kept_as_a_draft(bola, campaign):
    first = claim(bola, campaign)["assignment"]
    Assignment.objects.update(status="expired")
    campaign.tasks.update(open=0)
    error(submit(bola, first, "Late."), 409)
    assert Assignment.objects.get().draft == {"content": {"text": "Late."}}


def test_the_hot_calls_take_few_queries(bola, campaign, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):  # of them two for the savepoint that stands for the transaction in a test
        given = claim(bola, campaign)
    with django_assert_max_num_queries(15):
        submit(bola, given["assignment"])
    following = claim(bola, campaign)["assignment"]
    with django_assert_max_num_queries(21):
        submit(bola, following, query="?next=1")


# --- what is never told ------------------------------------------------------------------------------------------------


def test_a_task_holds_no_right_answer_and_nothing_of_others(bola, cast):
    campaign = cast.campaign("questions")
    row = drafted(unit(cast.question("Who sat?", ["The cat", "The dog"], answer=1)), {"stem": "?", "options": ["a", "b"]})
    task(campaign, row, needed=2)
    bisi = Caller(cast.bisi)
    theirs = claim(bisi, campaign)["assignment"]
    bisi.post(f"assignments/{theirs}/draft", {"payload": {"content": {"stem": "CANARY"}}})
    text = bola.post(f"campaigns/{campaign.pk}/claim").content.decode()
    assert json.loads(text)["source"] == {"stem": "Who sat?", "options": ["The cat", "The dog"]}
    assert "CANARY" not in text and "bisi" not in text


def test_the_label_of_a_pair_is_not_told_to_who_translates_its_sentences(bola, cast):
    campaign = cast.campaign("pairs")
    premise = cast.sentence("The cat sat.")
    cast.pair(premise, cast.sentence("No cat sat."), "contradiction")
    task(campaign, drafted(unit(premise), {"text": "Paka."}))
    text = bola.post(f"campaigns/{campaign.pk}/claim").content.decode()
    assert "No cat sat." in text
    assert "contradiction" not in text


def test_who_verifies_sees_the_text_before_and_after_and_not_whose_it_is(cast, campaign):
    bola, efe = Caller(cast.bola), Caller(cast.efe)
    submit(bola, claim(bola, campaign)["assignment"], "Paka mmoja.")
    given = claim(efe, campaign)
    assert (given["earlier"], given["draft"]) == ({"text": "Paka 1."}, {"text": "Paka mmoja."})
    assert given["draft_origin"] == "post-edited"
    assert "bola" not in json.dumps(given)


@pytest.mark.parametrize("call", ["submit", "draft", "heartbeat", "skip", "give-back"])
def test_somebody_elses_assignment_and_one_that_is_not_there_are_answered_alike(bola, cast, campaign, call):
    body = {"submit": {"payload": {}}, "draft": {"payload": {}}, "skip": {"reason": "x"}}.get(call)
    theirs = claim(Caller(cast.bisi), campaign)["assignment"]
    answers = [error(bola.post(f"assignments/{pk}/{call}", body), 404) for pk in (theirs, 0, 10**12, 10**30)]
    assert answers == [answers[0]] * 4
    assert not Submission.objects.exists()


# --- who may call ------------------------------------------------------------------------------------------------------

CALLS = [
    ("POST", "campaigns/{campaign}/claim", "work"),
    ("POST", "assignments/1/submit", "work"),
    ("POST", "assignments/1/draft", "work"),
    ("POST", "assignments/1/heartbeat", "work"),
    ("POST", "assignments/1/skip", "work"),
    ("POST", "assignments/1/give-back", "work"),
    ("GET", "datasets/", "read"),
    ("GET", "datasets/xnli/", "read"),
    ("POST", "datasets/xnli/imports", "import"),
    ("POST", "datasets/xnli/runs", "run"),
    ("GET", "runs/1", "read"),
    ("GET", "datasets/xnli/releases", "read"),
    ("POST", "datasets/xnli/releases", "release"),
    ("GET", "datasets/xnli/releases/0.1.0", "read"),
]


def ask(client: Client, verb: str, path: str, campaign: Campaign) -> Any:
    return client.generic(verb, f"/api/{path.format(campaign=campaign.pk)}", b"{}", content_type="application/json")


@pytest.mark.parametrize(("verb", "path", "scope"), CALLS)
def test_a_token_does_only_what_its_scopes_say(cast, campaign, verb, path, scope):
    others = Caller(cast.ada, *(name for name in SCOPES if name != scope))
    assert scope in error(ask(others.client, verb, path, campaign), 403)["message"]
    assert ask(Caller(cast.ada, scope).client, verb, path, campaign).status_code != 401


@pytest.mark.parametrize(("verb", "path", "scope"), CALLS)
def test_without_signing_in_a_call_is_401_or_shows_only_what_is_public(cast, campaign, verb, path, scope):
    response = ask(Client(), verb, path, campaign)
    if verb == "GET" and "releases" in path:
        error(response, 404)
    else:
        error(response, 401)
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer dgm_wrong", "Bearer", "Bearer ", "bearer x y"])
def test_a_token_that_is_none_is_401(header, campaign):
    error(Client(headers={"Authorization": header}).get("/api/datasets/"), 401)


def test_an_expired_token_is_401(cast):
    caller = Caller(cast.bola)
    ApiToken.objects.update(expires="2020-01-01T00:00Z")
    error(caller.get("datasets/"), 401)


def test_a_closed_account_is_401(cast):
    caller = Caller(cast.bola)
    User.objects.filter(pk=cast.bola.pk).update(is_active=False)
    error(caller.get("datasets/"), 401)


def test_a_suspended_member_is_given_no_work(cast, campaign, bola):
    Member.objects.filter(user=cast.bola).update(status="suspended")
    assert "suspended" in error(bola.post(f"campaigns/{campaign.pk}/claim"), 403)["message"]


def test_for_a_stranger_a_campaign_is_not_there(cast, campaign):
    stranger = Caller(cast.zed)
    found, made_up = (error(stranger.post(f"campaigns/{pk}/claim"), 404)["code"] for pk in (campaign.pk, 10**12))
    assert found == made_up


def test_a_manager_is_given_no_work(cast, campaign):
    error(Caller(cast.ada).post(f"campaigns/{campaign.pk}/claim"), 403)


def test_a_session_works_too_and_needs_its_csrf_token(cast, campaign):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.bola, backend="django.contrib.auth.backends.ModelBackend")
    error(ask(client, "POST", "campaigns/{campaign}/claim", campaign), 403)
    client.get(f"/d/{campaign.dataset.slug}/work/{campaign.slug}/")
    sent = {"X-CSRFToken": client.cookies["csrftoken"].value}
    response = client.post(f"/api/campaigns/{campaign.pk}/claim", content_type="application/json", headers=sent)
    assert response.status_code == 200


# --- what is sent ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [b"{", b'{"payload": NaN}', b"\xff", b"[]", b'"x"', b'{"payload": "x"}', b'{"payload": {}, "other": 1}',
     b'{"payload": {"content": {"text": "\\ud800"}}}', b'{"payload": {"content": {"text": "\\u0000"}}}',
     b'{"payload": ' + b'{"a":' * 2000 + b"1" + b"}" * 2001],
    ids=lambda body: body[:40].decode(errors="replace"),
)  # fmt: skip
def test_a_body_that_is_none_is_refused_with_a_reason(bola, campaign, body):
    first = claim(bola, campaign)["assignment"]
    response = bola.post(f"assignments/{first}/submit", body, **{"Idempotency-Key": "k"})
    assert response.status_code in (400, 422)
    error(response, response.status_code)
    assert not Submission.objects.exists()


def test_a_form_where_json_is_wanted_is_415(bola, campaign):
    error(bola.client.post(f"/api/assignments/{claim(bola, campaign)['assignment']}/submit", {"payload": "x"}), 415)


def test_a_body_over_the_limit_is_413(bola, campaign, monkeypatch):
    monkeypatch.setattr("frontend.api.work.Submit.max_bytes", 100)
    error(submit(bola, claim(bola, campaign)["assignment"], "x" * 200), 413)


def test_a_verb_that_is_not_there_is_405(bola, campaign):
    error(bola.get(f"campaigns/{campaign.pk}/claim"), 405)
