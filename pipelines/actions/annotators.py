"""Models as annotators: have one answer what people are asked in a campaign."""

from collections.abc import Iterable
from decimal import Decimal

from annotation import policies
from annotation.models import Campaign, Task
from core.errors import Conflict
from core.events import record
from core.models import User
from core.policy import require
from core.told import told
from pipelines.actions import runs
from pipelines.batches import Batching
from pipelines.jobs.annotate import Annotate
from pipelines.models import Run
from pipelines.providers import Provider


def start(
    campaign: Campaign, *, provider: Provider, by: User | None,
    languages: Iterable[str] = (), limit: int | None = None, budget: Decimal | None = None, batching: Batching = "",
) -> Run:  # fmt: skip
    """Put the campaign's tasks to a model, by calls or by batches. Its answers stand beside people's and are counted nowhere among them."""
    dataset = campaign.dataset
    require(policies.start_run(by, dataset))
    runs.check_provider(dataset, provider, by=by, budget=budget)
    runs.check_batching(provider, batching)
    tags = runs.languages_of(dataset, languages)
    if not Task.objects.filter(campaign=campaign, purpose=Task.Purpose.WORK).exists():
        raise Conflict(told(
            "{slug} has no tasks yet: open it first, so that it admits the units its rule fits.",
            slug=campaign.slug,
        ))
    job = Annotate(campaign=campaign.pk, provider=provider.spec(), languages=tags, limit=limit, batching=batching)
    run = runs.start(dataset, job, by=by, budget=budget)
    record("annotate", campaign, by=by, data={"run": run.pk})
    return run
