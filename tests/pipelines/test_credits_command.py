"""`manage.py credits`: sums as JSON, the ledger as a file."""

import json

import pytest
from django.core.management import CommandError, call_command

from annotation.actions import assignments
from tests.world import task, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    cast = world()
    campaign = cast.campaign(credit={"rate": "0.05"})
    task(campaign, cast.drafted("The cat sat.", "Paka aliketi."))
    mine = assignments.claim(campaign, by=cast.bola)
    assignments.submit(mine, {"content": {"text": "Paka."}}, by=cast.bola, key="k")
    return cast


def said(capsys, *words):
    call_command("credits", *words, "--json")
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_the_sums_come_as_json_and_amounts_as_texts(cast, capsys):
    result = said(capsys, "xnli")
    assert result["totals"] == {"EUR": "0.050000"}
    [line] = result["lines"]
    assert (line["person"], line["campaign"], line["amount"], line["unit"]) == ("bola", "post-edit", "0.050000", "EUR")
    assert said(capsys, "xnli", "--person", "bisi")["lines"] == []


def test_the_ledger_is_written_line_by_line(cast, capsys, tmp_path):
    out = tmp_path / "ledger.csv"
    assert said(capsys, "xnli", "--csv", str(out))["written"] == 1
    assert len(out.read_text(encoding="utf-8").splitlines()) == 2


def test_what_is_not_there_is_said_in_one_line(cast, tmp_path):
    for words in (["nine"], ["xnli", "--person", "nobody"], ["xnli", "--csv", str(tmp_path / "no" / "x.csv")]):
        with pytest.raises(CommandError):
            call_command("credits", *words)
