"""The pages of selections, and what releases make of them there."""

import pytest
from django.urls import reverse

from annotation.models import Selected, Selection
from pipelines.actions import runs
from pipelines.models import Run
from tests.frontend.test_permissions import client_of
from tests.world import item

pytestmark = pytest.mark.django_db


def chosen(cast, *rows: tuple[str, bool, str, str]) -> Selection:
    made = Selection.objects.create(
        dataset=cast.dataset, slug="hard", selector={"name": "panel"}, signature="panel|v:1", kinds=["sentence"], created_by=cast.ada
    )
    for key, kept, bucket, reason in rows:
        Selected.objects.create(selection=made, item=cast.sentence(f"Text {key}.", key), kept=kept, bucket=bucket, reason=reason)
    return made


def test_a_selector_is_chosen_and_its_parameters_are_the_form(cast, as_, page):
    text = page(as_(cast.ada), "selections", "xnli")
    assert "No selection yet" in text and "Clusters with a quota" in text
    response = as_(cast.ada).get(reverse("selections", args=["xnli"]), {"selector": "splits"})
    body = response.content.decode()
    assert 'name="shares"' in body and "train = 0.8" in body and "strata" in body


def test_a_selection_is_started_with_what_the_form_says(cast, as_):
    cast.sentence("It rains.")
    asked = {"selector": "splits", "name": "parts", "kinds": ["sentence"], "shares": "train = 0.5\ntest = 0.5", "by": "genre\ntopic", "seed": "3"}
    response = as_(cast.ada).post(reverse("selections", args=["xnli"]), asked)
    assert response.headers["Location"] == reverse("selections", args=["xnli"])
    params = Run.objects.get().job["params"]["selector"]["params"]
    assert params == {"shares": {"train": 0.5, "test": 0.5}, "by": ["genre", "topic"], "seed": 3}
    assert runs.work_here(Run.objects.get()).status == "done"
    assert Selection.objects.get().rows.get().split in ("train", "test")


@pytest.mark.parametrize(("change", "said"), [
    ({"name": "A b"}, "small letters"), ({"shares": "train = 2"}, "less than or equal to 1"), ({"seed": "x"}, "whole number"),
])  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_starts(cast, as_, change, said):
    response = as_(cast.ada).post(reverse("selections", args=["xnli"]), {"selector": "splits", "name": "parts"} | change)
    assert response.status_code == 422 and said in response.content.decode()
    assert not Run.objects.exists()


def test_one_selection_shows_its_parts_and_every_reject_with_its_reason(cast, as_, page):
    chosen(cast, ("a", True, "2 of 11 right", ""), ("b", False, "10 of 11 right", "Too easy."), ("c", False, "0 of 11 right", "Too hard."))
    text = page(as_(cast.ada), "selection", "xnli", "hard")
    assert text.index("0 of 11 right") < text.index("2 of 11 right") < text.index("10 of 11 right")
    assert "Text b." in text and "Too easy." in text and "Text a." not in text


def test_more_rejects_than_a_page_holds_are_on_the_next(cast, as_, page):
    made = chosen(cast)
    items = [item(cast.dataset, "sentence", {"text": f"T{at}"}, f"k{at:03}") for at in range(101)]
    Selected.objects.bulk_create(Selected(selection=made, item=one, kept=False, reason="No.") for one in items)
    text = page(as_(cast.ada), "selection", "xnli", "hard")
    assert "k099" in text and "k100" not in text
    rest = as_(cast.ada).get(reverse("selection", args=["xnli", "hard"]), {"after": items[99].pk}).content.decode()
    assert "k100" in rest and "k099" not in rest


def test_all_items_are_there_as_csv_and_no_cell_is_a_formula(cast, as_):
    chosen(cast, ("a", True, "", ""), ("b", False, "", "=HYPERLINK(1)"))
    response = as_(cast.ada).get(reverse("selection_table", args=["xnli", "hard"]))
    assert b"".join(response.streaming_content).decode().splitlines() == [
        "kind,key,kept,bucket,split,reason", "sentence,a,yes,,,", "sentence,b,no,,,'=HYPERLINK(1)",
    ]  # fmt: skip


def test_another_datasets_selection_is_not_found_here(cast):
    chosen(cast)
    for name in ("selection", "selection_table"):
        assert client_of(cast.olu).get(reverse(name, args=["other", "hard"])).status_code == 404


def test_a_release_can_name_a_selection_where_there_is_one(cast, as_, page):
    assert 'name="selection"' not in as_(cast.ada).get(reverse("releases", args=["xnli"])).content.decode()
    chosen(cast)
    assert 'name="selection"' in as_(cast.ada).get(reverse("releases", args=["xnli"])).content.decode()


def test_the_api_lists_reads_and_starts_selections(cast, as_):
    chosen(cast, ("a", True, "low", ""), ("b", False, "", "No."))
    client, address = as_(cast.ada), reverse("api_selections", args=["xnli"])
    assert [one["name"] for one in client.get(address).json()["selections"]] == ["hard"]
    one = client.get(reverse("api_selection", args=["xnli", "hard"])).json()
    assert one["parts"] == [{"bucket": "", "split": "", "kept": 0, "rejected": 1}, {"bucket": "low", "split": "", "kept": 1, "rejected": 0}]
    assert one["items"][1] == {"item": "sentence/b", "kept": False, "bucket": "", "split": "", "reason": "No."}
    sent = {"name": "unlike", "selector": {"name": "near_duplicates", "params": {"threshold": 2}}}
    assert client.post(address, sent, content_type="application/json").status_code == 422
    sent["selector"]["params"] = {}
    assert client.post(address, sent, content_type="application/json").json()["job"]["name"] == "select"
