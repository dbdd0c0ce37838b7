"""Driver of Viewflow: start a flow, complete its tasks, on the service level and over HTTP."""

import time
from collections import deque
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

from bench.peers.viewflow.program.project import USER, configure
from bench.wire import Driver

ANSWER = {"route": "write_off", "amount": "742.10", "urgent": True}
NOTE = "The acceptance report shows that the claim reached the payer within the limit."
CSRF = "c" * 32
HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}


class Tasks:
    """Open tasks of flows that are started untimed: load takes how many to start."""

    def __init__(self, office: "Office") -> None:
        self.office = office
        self.open: deque[int] = deque()

    def load(self, work: list[Any]) -> None:
        for count in work:
            for _ in range(count):
                self.open.append(self.office.start())

    def step(self) -> float | None:
        if not self.open:
            return None
        task_id = self.open.popleft()
        process_id, name = self.office.where(task_id)
        took = self.complete(task_id, process_id, name)
        following = self.office.next_of(process_id)
        if following is not None:
            self.open.append(following)
        return took

    def complete(self, task_id: int, process_id: int, name: str) -> float:
        raise NotImplementedError


class Complete(Tasks):
    """On the service level: lock, assign, start, execute, as Viewflow's own view does."""

    def complete(self, task_id: int, process_id: int, name: str) -> float:
        begin = time.perf_counter()
        self.office.complete(task_id, process_id)
        return (time.perf_counter() - begin) * 1000


class OverHttp(Tasks):
    """Two requests, since a task has to be somebody's before it is executed. execute_only: the first is not timed."""

    def __init__(self, office: "Office", execute_only: bool) -> None:
        super().__init__(office)
        self._execute_only = execute_only
        self._connection: HTTPConnection | None = None

    def load(self, work: list[Any]) -> None:
        super().load(work)
        if self._connection is not None:
            self._connection.close()  # The server would close it after a minute; the next request opens it again.

    def complete(self, task_id: int, process_id: int, name: str) -> float:
        begin = time.perf_counter()
        self._post(f"/flow/{process_id}/{name}/{task_id}/assign/", {})
        if self._execute_only:
            begin = time.perf_counter()
        said = {**ANSWER, "note": NOTE, "urgent": "on"}
        self._post(f"/flow/{process_id}/{name}/{task_id}/execute/", said)
        return (time.perf_counter() - begin) * 1000

    def _post(self, path: str, said: dict[str, Any]) -> None:
        if self._connection is None:
            self._connection = HTTPConnection("127.0.0.1", self.office.port)
        cookies = f"sessionid={self.office.session_key}; csrftoken={CSRF}"
        body = urlencode({**said, "csrfmiddlewaretoken": CSRF})
        self._connection.request("POST", path, body, {**HEADERS, "Cookie": cookies})
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != 302:
            raise RuntimeError(f"{path} answered {answer.status}: {text[:300]!r}")


class Office:
    """The project, opened. port: where its server listens, if it has one."""

    def __init__(self, given: dict[str, Any]) -> None:
        configure(given)
        from django.contrib.auth.models import User
        from django.contrib.sessions.backends.db import SessionStore
        from django.core.management import call_command
        from django.db import connection, transaction
        from viewflow.workflow.models import Task

        from bench.peers.viewflow.program.flows import BenchFlow

        self._transaction, self._task, self._flow = transaction, Task, BenchFlow
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(4712)")
            call_command("migrate", verbosity=0, interactive=False)
            self._user, _ = User.objects.get_or_create(username=USER, defaults={"is_superuser": True, "is_staff": True})
            cursor.execute("select pg_advisory_unlock(4712)")
        self.port: int = given.get("port", 0)
        self.session_key = ""
        if self.port:
            store = SessionStore()
            store["_auth_user_id"] = str(self._user.pk)
            store["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
            store["_auth_user_hash"] = self._user.get_session_auth_hash()
            store.save()
            self.session_key = str(store.session_key)

    def start(self) -> int:
        """Start a flow; gives the open task."""
        with self._transaction.atomic():
            process = self._flow.start.run()
        return self.next_of(process.pk) or 0

    def next_of(self, process_id: int) -> int | None:
        """The open task of a process."""
        found = self._task.objects.filter(process_id=process_id, finished__isnull=True).values_list("pk", flat=True)
        return found.first()

    def where(self, task_id: int) -> tuple[int, str]:
        """Process and name of a task."""
        task = self._task.objects.get(pk=task_id)
        return task.process_id, task.flow_task.name

    def complete(self, task_id: int, process_id: int) -> None:
        """Everything that is written when somebody takes a task and completes it."""
        with self._flow.lock(process_id), self._transaction.atomic():
            task = self._task.objects.get(pk=task_id)
            activation = task.flow_task.activation_class(task)
            activation.assign(self._user)
            activation.start(None)
            process = activation.process
            for name, value in ANSWER.items():
                setattr(process, name, value)
            process.note = NOTE
            process.save()
            activation.execute()


class Start:
    """Start a flow; no work is needed."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def load(self, work: list[Any]) -> None:
        return

    def step(self) -> float | None:
        begin = time.perf_counter()
        with self._office._transaction.atomic():
            self._office._flow.start.run()
        return (time.perf_counter() - begin) * 1000


def open_driver(given: dict[str, Any]) -> Driver:
    """given: database, and port when a server runs."""
    from django import get_version

    office = Office(given)
    subjects = {
        "start": Start(office),
        "complete": Complete(office),
        "http": OverHttp(office, False),
        "http_execute": OverHttp(office, True),
    }
    return Driver(subjects, facts={"django": get_version(), "viewflow": "2.4.0"})
