"""The REST API: /api/v1, its specification and its documentation."""

from flask import Flask

from webapp.blueprints.api import cases, decisions, deliveries, docs, instances, messages, tasks
from webapp.blueprints.api.base import bp, make_api

__all__ = ["init_app"]

OPERATIONS = (cases, decisions, tasks, deliveries, messages, instances)
"""Modules whose operations are on the blueprint by being imported."""


def init_app(app: Flask) -> None:
    """Attach the API, `GET /api/v1/openapi.json` and the page /api/docs."""
    api = make_api(app)
    api.register_blueprint(bp)
    docs.init_app(app, api.spec)
