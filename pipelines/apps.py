"""Pipelines as a Django app."""

from django.apps import AppConfig


class PipelinesConfig(AppConfig):
    name = "pipelines"
