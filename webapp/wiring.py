"""The composition root: the one file that knows everybody. It stays a list."""

from decimal import Decimal
from importlib import import_module

from mso import cases
from mso import jobs as mso_jobs
from mso.calendars import add_business_days, business_days_between, business_days_of_practice
from mso.denials import intake, paperwork, payer_decisions
from mso.denials import service_tasks as denial_operators
from mso.practices import who_starts, zone_of_practice
from tasks import forms, projection
from workflows import feel, instances, outbox, runtime, scenarios, service_calls
from workflows import jobs as workflow_jobs
from workflows.delivery import schedule
from workflows.webhooks import sources

MODELS = (
    "store.audit",
    "store.crypto",
    "store.blobs",
    "mso.practices",
    "mso.people",
    "mso.practitioners",
    "mso.authority",
    "mso.affiliations",
    "mso.licenses",
    "mso.sanctions",
    "mso.cases",
    "mso.documents",
    "mso.denials.models",
    "workflows.definitions",
    "workflows.history",
    "workflows.instances",
    "workflows.decision_records",
    "workflows.messages",
    "workflows.signals",
    "workflows.wakeups",
    "workflows.delivery.schedule",
    "workflows.delivery.handling",
    "workflows.operations.records",
    "workflows.service_calls.records",
    "workflows.webhooks.models",
    "tasks.models",
    "tasks.signatures",
)
"""Every module that declares stored models."""

LISTENERS = (cases.on_event, projection.on_event, service_calls.on_event, outbox.on_event)
"""Who hears the runtime, in this order: the case first, so that a task can read it."""

OPERATORS = (denial_operators, paperwork)
"""Modules whose functions are registered as operators of service tasks by being imported."""

JOBS = (workflow_jobs, mso_jobs)
"""Modules whose jobs are declared by being imported."""

HANDLERS = {"era835": intake.receive, "payer_decision": payer_decisions.receive}


def import_models() -> None:
    """Make every table known, e.g. before a schema is created or compared."""
    for module in MODELS:
        import_module(module)


def wire() -> None:
    """Connect what does not know each other. Safe to call more than once."""
    import_models()
    runtime.listen(LISTENERS)
    runtime.keep_time_by(zone_of_practice, business_days_of_practice)
    schedule.start_for(who_starts)
    scenarios.read_forms_by(forms.validate)
    instances.accompany(cases.company_question, cases.take_company)
    for source, handler in HANDLERS.items():
        sources.register_handler(source, handler)
    feel.register_builtin(
        "business days between",
        ["from: date", "to: date", "calendar: string"],
        lambda start, end, calendar: Decimal(business_days_between(start, end, calendar)),
        result="number",
    )
    feel.register_builtin(
        "add business days",
        ["date: date", "n: number", "calendar: string"],
        lambda day, count, calendar: add_business_days(day, int(count), calendar),
        result="date",
    )
