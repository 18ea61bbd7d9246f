"""What machines make and answer, over the API."""

from decimal import Decimal

import pytest
from django.urls import reverse

from frontend.api import machines
from pipelines.actions import makings
from pipelines.models import Run, RunItem
from tests.frontend.test_pages_machines import GOOD, WRONG, surveyed

pytestmark = pytest.mark.django_db
JSON = "application/json"


def test_the_steps_that_make_items_are_listed_with_their_parameters(cast, as_):
    found = {one["name"]: one for one in as_(cast.ada).get(reverse("api_makings", args=["xnli"])).json()["makers"]}
    assert set(found) == set(makings.makers())
    assert found["generate_queries"]["makes"] and "n" in found["generate_queries"]["parameters"] and found["localise"]["makes"] == []


def test_a_making_is_a_run_and_what_does_not_fit_is_said(cast, as_):
    client, address = as_(cast.ada), reverse("api_makings", args=["xnli"])
    sent = {"step": {"name": "generate_queries", "params": {"n": 2}}, "source": "sentence", "kind": "question", "languages": ["sw"]}
    sent |= {"provider": "replay:demo"}
    refused = client.post(address, sent, content_type=JSON)
    assert refused.status_code == 422 and "no field of these names" in refused.content.decode()
    assert client.post(address, sent | {"stepp": 1}, content_type=JSON).json()["error"]["fields"]["stepp"]
    assert client.post(address, sent | {"step": "nothing"}, content_type=JSON).status_code == 422
    assert not Run.objects.exists()
    sent |= {"kind": "sentence", "fields": {"query": "text"}, "pilot": True, "budget": "1.50"}
    started = client.post(address, sent, content_type=JSON)
    assert started.status_code == 201, started.content
    job = started.json()["job"]
    assert job["name"] == "make" and (job["params"]["limit"], job["params"]["at_random"]) == (makings.PILOT, True)
    assert Run.objects.get().budget.hard == Decimal("1.50")


def test_a_run_says_what_was_made_and_what_was_refused(cast, as_):
    source = cast.sentence("The cat sat.", "s9")
    run = Run.objects.create(dataset=cast.dataset, job={"name": "make", "params": {}}, status="done")
    result = {"made": 7, "there": 2, "refused": ["Query 3 is empty."], "refusals": 1}
    RunItem.objects.create(run=run, status="done", payload={"item": source.pk, "language": "sw"}, result=result)
    said = as_(cast.ada).get(reverse("api_run", args=[run.pk])).json()["result"]
    assert (said["made"], said["there"], said["refused"], said["reasons"]) == (7, 2, 1, [["s9", "sw", "Query 3 is empty."]])


def test_models_answers_come_with_how_they_agree_with_people_page_by_page(cast, as_, monkeypatch):
    monkeypatch.setattr(machines, "PAGE", 2)
    campaign = surveyed(cast, GOOD, GOOD, WRONG, people=(cast.bola, cast.bisi))
    client, address = as_(cast.ada), reverse("api_machines", args=[campaign.pk])
    first = client.get(address).json()
    figures = {(one["question"], one["between"], one["measure"]): one["value"] for one in first["agreement"]}
    assert figures["quality", "people", "raw"] == 1.0 and figures["quality", "model and people", "raw"] == pytest.approx(2 / 3)
    test = next(one for one in first["agreement"] if one["measure"] == "winning_rate")
    assert test["value"] is None and "it takes 3" in test["reason"]
    assert [one["item"] for one in first["answers"]] == ["sentence/k0", "sentence/k1"] and first["answers"][0]["payload"] == GOOD
    rest = client.get(address, {"after": first["next"]}).json()
    assert [one["item"] for one in rest["answers"]] == ["sentence/k2"] and rest["next"] is None and rest["agreement"] == []


def test_putting_a_campaigns_tasks_to_a_model_is_a_run(cast, as_):
    campaign = surveyed(cast, GOOD)
    client, address = as_(cast.ada), reverse("api_machines", args=[campaign.pk])
    started = client.post(address, {"provider": "replay:demo", "languages": ["sw"], "limit": 5}, content_type=JSON)
    assert started.status_code == 201 and started.json()["job"]["name"] == "annotate"
    assert client.post(address, {"provider": "nobody"}, content_type=JSON).status_code == 422
    assert client.post(reverse("api_machines", args=[cast.campaign("empty").pk]), {"provider": "replay:demo"}, content_type=JSON).status_code == 409
    assert as_(cast.olu).get(address).status_code == 404
