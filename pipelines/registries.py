"""Every registry there is, by kind: what the contract tests walk and docs/plugins.md is made from."""

from annotation.aggregators import aggregators
from annotation.task_types import task_types
from core.plugins import Registry
from pipelines.baselines import baselines
from pipelines.exporters import exporters
from pipelines.importers import importers
from pipelines.jobs import jobs
from pipelines.metrics import metrics
from pipelines.providers import providers
from pipelines.selectors import selectors
from pipelines.steps import steps

REGISTRIES: dict[str, Registry] = {
    registry.kind: registry
    for registry in (
        importers, providers, steps, selectors, task_types, aggregators, exporters, baselines, metrics, jobs,
    )  # fmt: skip
}
