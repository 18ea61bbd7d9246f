"""The worker with one protection switched off, for the control tests: no answer on record is ever found again."""

import django

from config.celery import app

django.setup()

from pipelines import ledger  # noqa: E402

ledger._on_record = lambda key: None

__all__ = ["app"]
