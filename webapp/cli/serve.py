"""`countersign serve`: the web server, on the loopback interface."""

import signal
import sys

import click
import waitress

from webapp.cli.context import application
from webapp.cli.parent import leave_with_parent

HOST = "127.0.0.1"
THREADS = 8


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port instead of COUNTERSIGN_PORT.")
@click.option("--leave-with-parent", "child", is_flag=True, hidden=True)
def command(port: int | None, child: bool) -> None:
    """Serve the pages and the API until stopped."""
    if child:
        leave_with_parent()
    signal.signal(signal.SIGTERM, _stop)
    with application() as app:
        waitress.serve(
            app,
            host=HOST,
            port=port or app.config["COUNTERSIGN"].port,
            threads=THREADS,
            ident=None,
            max_request_body_size=64 * 1024 * 1024,
            channel_timeout=60,
        )


def _stop(signum: int, frame: object) -> None:
    # waitress takes SystemExit as "close the sockets and return".
    sys.exit(0)
