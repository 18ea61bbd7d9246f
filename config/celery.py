"""Celery is the doorbell: messages carry run ids and may be lost, doubled or late without harm (see pipelines/engine.py)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("dragoman")


@app.on_configure.connect
def configure(sender: Celery, **_: object) -> None:
    """Settings that follow from docs/adr: JSON ids only, late acks, short waits on a lost Redis, no result backend."""
    from django.conf import settings

    waits = {"socket_timeout": 5, "socket_connect_timeout": 2}
    sender.conf.update(
        broker_url=settings.REDIS_URL,
        broker_connection_retry_on_startup=True,
        # A page that rings while Redis is away must not hang: the sweep rings again.
        broker_transport_options={
            **waits,
            "visibility_timeout": 3600,
            "unacked_restore_interval": 1,
            "unacked_restore_throttle": 1,
        },
        task_publish_retry=False,
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_default_queue="default",
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        beat_schedule={"sweep": {"task": "pipelines.sweep", "schedule": float(settings.SWEEP_SECONDS)}},
        beat_schedule_filename=str(settings.DRAGOMAN_HOME / "beat"),
        timezone="UTC",
    )


app.autodiscover_tasks(["pipelines"])
