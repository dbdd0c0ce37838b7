"""The blueprints. URL prefix, module, template folder and test file carry one and the same word."""

from flask import Flask

from webapp.blueprints import (
    account,
    api,
    cases,
    deliveries,
    evidence,
    health,
    inbox,
    instances,
    messages,
    models,
    receiver,
    tasks,
)

PAGES = (account, inbox, tasks, cases, evidence, deliveries, messages, instances, models, receiver, health)


def register_blueprints(app: Flask) -> None:
    """Attach every page, the webhook receiver and the API."""
    for module in PAGES:
        app.register_blueprint(module.bp)
    api.init_app(app)
