"""`countersign worker`: runs background jobs. Any number may run, beside `up` or alone."""

from typing import Any

import click
from flask import Flask

from store import jobs
from store.engines import WORKER_TIMEOUT_MS
from webapp.cli.context import application
from webapp.cli.parent import leave_with_parent
from webapp.database import conninfo

GRACE_SECONDS = 25
"""How long running jobs may take to finish after a stop signal."""


@click.command()
@click.option("--concurrency", default=4, show_default=True, type=click.IntRange(1, 64), help="Jobs at the same time.")
@click.option("--leave-with-parent", "child", is_flag=True, hidden=True)
def command(concurrency: int, child: bool) -> None:
    """Run background jobs until stopped."""
    if child:
        leave_with_parent()
    with application(WORKER_TIMEOUT_MS) as app:
        runner = jobs.runner(conninfo(app.config["COUNTERSIGN"]), contexts(app))
        runner.run_worker(
            concurrency=concurrency,
            shutdown_graceful_timeout=GRACE_SECONDS,
            fetch_job_polling_interval=2,
            listen_notify=True,
            # One wake-up a second leaves one row a second: only what failed is kept, for an operator to see.
            delete_jobs="successful",
        )


def contexts(app: Flask) -> jobs.Middleware:
    """Gives each job an application context of its own, and with it a session that is removed at the end."""

    def wrap(body: jobs.Body) -> jobs.Body:
        def run(**arguments: Any) -> None:
            with app.app_context():
                body(**arguments)

        return run

    return wrap
