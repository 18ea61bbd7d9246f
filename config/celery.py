"""Celery is the doorbell: messages carry run ids and may be lost, doubled or late without harm (see pipelines/engine.py)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("dragoman")


@app.on_configure.connect
def configure(sender: Celery, **_: object) -> None:
    """Settings that follow from docs/adr: JSON ids only, short waits on a lost Redis, nothing kept of a message."""
    from django.conf import settings

    waits = {"socket_timeout": 5, "socket_connect_timeout": 2}
    sender.conf.update(
        broker_url=settings.REDIS_URL,
        broker_connection_retry_on_startup=True,
        # A ring is gone once it is heard, and a lost one is rung again by the sweep. Kept "unacknowledged" in Redis, it
        # would bring the worker down when Redis goes away (kombu 5.7 restores it into a connection that is closed).
        # And a page that rings while Redis is away must not hang: one try, no wait.
        broker_transport_options={
            **waits,
            "ack_emulation": False,
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0.1,
        },
        task_publish_retry=False,
        accept_content=["json"],
        task_serializer="json",
        task_ignore_result=True,
        task_default_queue="default",
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        beat_schedule={"sweep": {"task": "pipelines.sweep", "schedule": float(settings.SWEEP_SECONDS)}},
        beat_schedule_filename=str(settings.DRAGOMAN_HOME / "beat"),
        timezone="UTC",
    )


app.autodiscover_tasks(["pipelines"])
