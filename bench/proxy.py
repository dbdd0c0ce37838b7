"""Counts what a client says to PostgreSQL, by standing between the two on a socket of its own.

Statements, waits and commits are counted in the protocol itself, so it does not matter which library sends them, and
whether one by one or in a pipeline. PostgreSQL 18 documentation, chapter 54 (frontend/backend protocol).

statements:  messages Query and Execute; BEGIN and COMMIT are among them.
round trips: how often the client spoke again after the server had answered. What is sent without waiting is one.
commits:     answers "COMMIT" of the server. begins: answers "BEGIN".
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

NAME = ".s.PGSQL.5432"
_SPOKEN = frozenset(b"QE")
_DONE, _BEGIN, _COMMIT = ord("C"), b"BEGIN\0", b"COMMIT\0"


@dataclass(slots=True)
class Tally:
    """What was counted so far."""

    statements: int = 0
    round_trips: int = 0
    begins: int = 0
    commits: int = 0

    def since(self, before: "Tally") -> "Tally":
        return Tally(*(getattr(self, name) - getattr(before, name) for name in Tally.__slots__))

    def copy(self) -> "Tally":
        return Tally(*(getattr(self, name) for name in Tally.__slots__))


class Proxy:
    """A socket in a folder of its own that leads to the server's. A context manager."""

    def __init__(self, folder: Path, server: Path) -> None:
        self.folder, self._server = folder, server
        self.tally = Tally()
        self._lock = threading.Lock()
        folder.mkdir(mode=0o700, exist_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        (folder / NAME).unlink(missing_ok=True)
        self._listener.bind(str(folder / NAME))
        self._listener.listen()

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._server))
                line = _Line(self)
                for source, target, hear in ((client, server, line.client), (server, client, line.server)):
                    threading.Thread(target=_forward, args=(source, target, hear), daemon=True).start()

    def count(self, name: str) -> None:
        """One more of something."""
        with self._lock:
            setattr(self.tally, name, getattr(self.tally, name) + 1)


class _Line:
    """One connection: cuts both streams into messages."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._client = _Messages(startup=True)
        self._server = _Messages(startup=False)
        self._answered = True

    def client(self, data: bytes) -> None:
        if self._answered:
            self._answered = False
            self._proxy.count("round_trips")
        for kind, _ in self._client.feed(data):
            if kind in _SPOKEN:
                self._proxy.count("statements")

    def server(self, data: bytes) -> None:
        self._answered = True
        for kind, body in self._server.feed(data):
            if kind == _DONE and body in (_BEGIN, _COMMIT):
                self._proxy.count("begins" if body == _BEGIN else "commits")


class _Messages:
    """Kind (one byte), length (four bytes, itself included), body. Only a client's first message has no kind."""

    def __init__(self, *, startup: bool) -> None:
        self._rest, self._startup = b"", startup

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        found, rest = [], self._rest + data
        while True:
            head = 0 if self._startup else 1
            if len(rest) < head + 4:
                break
            end = head + int.from_bytes(rest[head : head + 4], "big")
            if len(rest) < end:
                break
            found.append((0 if self._startup else rest[0], rest[head + 4 : end]))
            self._startup, rest = False, rest[end:]
        self._rest = rest
        return found


def _forward(source: socket.socket, target: socket.socket, hear: Callable[[bytes], None]) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            hear(data)
            target.sendall(data)
    for one in (source, target):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
