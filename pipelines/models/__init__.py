"""The nouns of the machines' work: runs, model calls, releases and evaluations."""

from pipelines.models.batches import Batch
from pipelines.models.endpoints import Endpoint
from pipelines.models.evaluations import Evaluation, Prediction, Score
from pipelines.models.generations import Budget, Generation
from pipelines.models.machine_submissions import MachineSubmission
from pipelines.models.releases import Release, ReleaseFile, ReleaseItem
from pipelines.models.runs import Pulse, Rejection, Run, RunItem

__all__ = [
    "Batch", "Budget", "Endpoint", "Evaluation", "Generation", "MachineSubmission", "Prediction", "Pulse", "Rejection", "Release",
    "ReleaseFile", "ReleaseItem", "Run", "RunItem", "Score",
]  # fmt: skip
