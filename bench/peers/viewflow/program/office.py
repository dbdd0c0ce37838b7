"""The app that holds the process."""

from django.apps import AppConfig


class Office(AppConfig):
    """Its models are in the sub-package that Django loads for it."""

    name = "bench.peers.viewflow.program"
    label = "office"
