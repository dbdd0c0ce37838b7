"""The product as its users meet it: started by its own command, reached by HTTP, worked in a browser."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90
"""Seconds. A first start makes a database and hashes thirteen passwords."""


def until(true: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Wait for something and return it."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.2)
    return found


class Product:
    """A running `countersign up` in a home folder of its own, with the demonstration's people."""

    def __init__(self) -> None:
        # Short on purpose: the database's socket lies below it.
        self.home = Path(tempfile.mkdtemp(prefix="cs-"))
        self.port = _free_port()
        self.log = (self.home / "up.log").open("wb")
        self.process = subprocess.Popen(
            self._line("up", "--port", str(self.port)), env=self.environment, stdout=self.log, stderr=self.log
        )
        try:
            until(self._is_up, "the address")
        except AssertionError:
            self.stop()
            raise
        people = json.loads((self.home / "demo-accounts.json").read_text())
        self.accounts = {str(one["email"]).partition("@")[0]: one for one in people}

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("COUNTERSIGN_", "DATABASE_"))}
        return {**own, "COUNTERSIGN_HOME": str(self.home), "PYTHONPATH": str(ROOT)}

    def command(self, *arguments: str) -> str:
        """What a countersign command prints."""
        done = subprocess.run(self._line(*arguments), env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def token(self, name: str) -> str:
        """A bearer token, made by the command."""
        return self.command("token", "create", "--email", str(self.accounts[name]["email"]))

    def post(self, source: str, body: bytes, kind: str, message_id: str) -> tuple[int, dict[str, Any]]:
        """Call a webhook as a sender does; status and answer."""
        now = datetime.now(UTC)
        signature = Webhook(self.command("webhook", "secret", source)).sign(message_id, now, body.decode())
        headers = {
            "content-type": kind,
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }
        return self.call("POST", f"/webhooks/{source}", headers, body)

    def call(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None = None
    ) -> tuple[int, dict[str, Any]]:
        """One HTTP request; status and JSON."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        finally:
            connection.close()

    def get(self, path: str, token: str) -> dict[str, Any]:
        """An answer of the API."""
        status, answer = self.call("GET", path, {"authorization": f"Bearer {token}"})
        assert status == 200, answer
        return answer

    def stop(self) -> None:
        """End everything and remove the folder."""
        self.process.terminate()
        self.process.wait(60)
        self.log.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def _line(self, *arguments: str) -> list[str]:
        return [sys.executable, "-P", "-m", "webapp.cli", *arguments]

    def _is_up(self) -> bool:
        text = (self.home / "up.log").read_text()
        assert self.process.poll() is None, text
        return re.search(r"runs on http", text) is not None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
