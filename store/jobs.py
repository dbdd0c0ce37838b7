"""Background work on Procrastinate. No other module knows it.

Each package declares its jobs in `<package>/jobs.py`; a job takes ids, calls one verb and is quiet when there is
nothing left to do: it may run twice (the body's commit and the queue's are two). `defer` writes the job in the
caller's transaction, so the job exists if and only if the transaction commits.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import procrastinate
from procrastinate import JobContext, PsycopgConnector
from procrastinate.exceptions import ConnectorException

from store import sending
from store.errors import DomainError
from store.transaction import require_transaction

Body = Callable[..., None]
Middleware = Callable[[Body], Body]
BACKOFF = procrastinate.RetryStrategy(max_attempts=8, exponential_wait=3)
FINISHED_JOBS_KEPT_HOURS = 72


class UnknownJob(DomainError):
    """A job was deferred under a name that nobody declared."""

    code = "job.unknown"
    message = "There is no job named {name}. Declare it with @job in the package's jobs.py."


@dataclass(frozen=True)
class Declared:
    """One declared job. `cron` (with seconds first) makes it periodic; periodic bodies take no arguments."""

    name: str
    body: Body
    retry: procrastinate.RetryStrategy | None
    cron: str | None


class Declare(Protocol):
    """What the @job decorator returns."""

    def __call__(self, body: Body) -> Body: ...


_declared: dict[str, Declared] = {}


def job(name: str, *, retry: procrastinate.RetryStrategy | None = None, cron: str | None = None) -> Declare:
    """Declare a job `package:subject.verb`."""

    def declare(body: Body) -> Body:
        _declared[name] = Declared(name, body, retry, cron)
        return body

    return declare


def declared() -> dict[str, Declared]:
    """All declared jobs by name."""
    return dict(_declared)


_DEFER = """select procrastinate_defer_jobs_v1(array[row('default', %(name)s::varchar, 0, null, null,
    %(args)s::jsonb, %(at)s::timestamptz)::procrastinate_job_to_defer_v1])"""
_DEFER_ONCE = "select defer_once(%(name)s, %(merge)s, %(args)s::jsonb, %(at)s::timestamptz)"


def defer(name: str, *, run_at: datetime | None = None, merge: str | None = None, **ids: str | int) -> None:
    """Queue a job in the caller's transaction.

    run_at: not before this instant (aware). merge: at most one waiting job with this text; a second one is dropped.
    ids:    the arguments; ids only, they are stored and logged in clear.
    """
    session = require_transaction()
    if name not in _declared:
        raise UnknownJob(name=name)
    values = {"name": name, "merge": merge, "args": json.dumps(ids), "at": run_at}
    sending.later(session, _DEFER if merge is None else _DEFER_ONCE, values)


def runner(conninfo: str, middleware: Middleware) -> procrastinate.App:
    """The worker's application with every declared job; `middleware` gives each body its application context."""
    app = procrastinate.App(connector=PsycopgConnector(conninfo=conninfo))
    for one in _declared.values():
        body = middleware(one.body)
        if one.cron is None:
            app.task(name=one.name, retry=one.retry or False)(body)
        else:
            task = app.task(name=one.name, queueing_lock=one.name)(_periodic(body))
            app.periodic(cron=one.cron)(task)
    _add_housekeeping(app)
    return app


def _periodic(body: Body) -> Body:
    def tick(timestamp: int) -> None:
        body()

    return tick


def _add_housekeeping(app: procrastinate.App) -> None:
    @app.periodic(cron="*/10 * * * * *")
    @app.task(name="store:rescue", queueing_lock="store:rescue", pass_context=True)
    async def rescue(context: JobContext, timestamp: int) -> None:
        # A worker that was killed leaves its jobs "doing"; after 30 s without heartbeat they go back to the queue.
        for stalled in await app.job_manager.get_stalled_jobs():
            try:
                await app.job_manager.retry_job(stalled)
            except ConnectorException:
                continue  # It finished or was rescued by another worker meanwhile.

    @app.periodic(cron="17 23 3 * * *")
    @app.task(name="store:clean", queueing_lock="store:clean", pass_context=True)
    async def clean(context: JobContext, timestamp: int) -> None:
        await app.job_manager.delete_old_jobs(nb_hours=FINISHED_JOBS_KEPT_HOURS)
