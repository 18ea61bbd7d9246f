"""What models answered to the questions people are asked: beside their answers, never among them."""

from django.db import models
from django.db.models.functions import Now

from annotation.models import Campaign, Guideline, Task
from pipelines.models.runs import Run


class MachineSubmission(models.Model):
    """A model's answer to one task, in the shape a person's has; appended. It fills no slot, settles nothing and earns nothing."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="machine_submissions")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="machine_submissions", db_index=False)
    annotator = models.CharField(max_length=300, help_text="provider, model and prompt, as one line")
    payload = models.JSONField(help_text="what the task type's Payload takes")
    guideline = models.ForeignKey(Guideline, null=True, on_delete=models.PROTECT, related_name="+")
    request_hash = models.CharField(max_length=64, help_text="under which the call is in the ledger")
    recorded = models.BooleanField(default=False, help_text="played back from a transcript")
    run = models.ForeignKey(Run, on_delete=models.RESTRICT, related_name="+")
    created = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task", "annotator", "guideline"], nulls_distinct=False, name="one_answer_per_task_and_machine"
            )
        ]
