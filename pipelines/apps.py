"""Pipelines as a Django app."""

from importlib import import_module

from django.apps import AppConfig


class PipelinesConfig(AppConfig):
    name = "pipelines"

    def ready(self) -> None:
        # The checks read models, which exist only now.
        import_module("pipelines.checks")
