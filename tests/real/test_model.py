"""A real model, where there is one: set OPENAI_BASE_URL and DRAGOMAN_REAL_MODEL (such as `llama-cpp-python`'s server) to try it."""

import os

import pytest

from annotation.models import Unit
from pipelines.actions import drafts, runs
from pipelines.models import Generation
from pipelines.providers import provider
from tests.pipelines.test_draft import sentence_units
from tests.world import world

MODEL, WHERE = os.environ.get("DRAGOMAN_REAL_MODEL", ""), os.environ.get("OPENAI_BASE_URL", "")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not (MODEL and WHERE), reason="no real model: set OPENAI_BASE_URL to its server and DRAGOMAN_REAL_MODEL to its name"
    ),
]


def test_a_real_model_drafts_and_every_call_is_on_record():
    cast = world()
    texts = ["The bus stops at the market.", "She did not pay 15 dollars for {name}.", "Where is the nearest school?"]
    sentence_units(cast, texts)
    run = runs.work_here(drafts.start(cast.dataset, languages=["sw"], provider=provider(f"openai:{MODEL}"), by=None))
    assert run.status == "done", run.message
    drafted = Unit.objects.filter(language="sw", item__content__text__in=texts, current__isnull=False)
    # A small model may refuse or answer in the wrong form; then the unit is given up, with the reason.
    assert drafted.count() + runs.summary(run).dead == len(texts)
    calls = Generation.objects.filter(run=run)
    assert calls.count() >= len(texts) and not calls.filter(outcome="pending").exists()
    assert all(call.prompt_tokens > 0 or call.estimated for call in calls.filter(outcome="ok"))
