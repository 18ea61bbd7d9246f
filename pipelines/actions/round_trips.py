"""Round-trip reports: see what a provider can do in each language before any work starts."""

from collections.abc import Iterable

from annotation import policies
from annotation.models import Dataset
from core.models import User
from core.policy import require
from pipelines.actions import runs
from pipelines.jobs.round_trip_report import RoundTripReport
from pipelines.models import Run
from pipelines.providers import Provider


def start(
    dataset: Dataset, *, languages: Iterable[str], provider: Provider, by: User | None, n: int = 100, seed: int = 0
) -> Run:  # fmt: skip
    """Have a sample of n sources a language translated and translated back; nothing but the scores is kept."""
    require(policies.start_run(by, dataset))
    runs.check_provider(dataset, provider, by=by)
    tags = runs.languages_of(dataset, languages)
    job = RoundTripReport(languages=tags, provider=provider.spec(), n=n, seed=seed)
    return runs.start(dataset, job, by=by)
