"""A child process of `up` does not outlive it, even when `up` is killed without a chance to stop its children."""

import os
import signal
import threading


def leave_with_parent() -> None:
    """Stop this process in an orderly way once its standard input, which the parent holds open, is closed."""
    threading.Thread(target=_wait, name="parent", daemon=True).start()


def _wait() -> None:
    # Not sys.stdin: its lock, held by a waiting thread, would break the interpreter's shutdown.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
