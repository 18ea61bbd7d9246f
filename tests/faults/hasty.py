"""The worker in a hurry with batches: it looks at them without a pause, and reads their results few at a time."""

import time

import django

from config.celery import app

django.setup()

from pipelines import batch_results, minding  # noqa: E402

minding.SECONDS_BETWEEN_LOOKS = 0.2
batch_results.TOGETHER = 2
_settle = batch_results._settle


def slowly(*args: object) -> None:
    """Time enough to be killed in."""
    _settle(*args)
    time.sleep(0.3)


batch_results._settle = slowly

__all__ = ["app"]
