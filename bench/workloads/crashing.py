"""W10: kill -9 in the midst of work. What was acknowledged is counted against the database afterwards.

Drivers that complete tasks and sweep timers, and the web server that takes webhooks, are killed again and again; each
driver writes down what it was told is done, in a file that survives it. Then: nothing acknowledged is lost, nothing is
done twice, no instance is half done, and the audit chains hold.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from bench import models
from bench.background import BODY, SOURCE, key_of, signed
from bench.crew import Worker
from bench.rig import BACKGROUND, Rig
from bench.site import open_cases
from bench.stock import Stock
from bench.workloads.walking import tool
from store import ids

ORDINARY, SIGNED, TIMER = "bench_straight_3", "bench_signed_3", models.timer().key
LIVES = (0.35, 0.8, 0.5, 1.1, 0.25, 0.65)
"""Seconds of work after which a driver is killed, one life after the other."""
LEASE_OVER = 600
"""Seconds that the clock is set ahead for the last sweep, so that the claims of the dead are free again."""


def run(rig: Rig) -> None:
    """The storm, then the counting."""
    lives, tasks, due, calls = (2, 40, 40, 40) if rig.settings.small else (12, 1500, 1500, 1500)
    tool(rig, "publish", models.timer())
    stock = Stock(rig)
    ordinary, clinical = stock.tasks(ORDINARY, tasks), stock.signable(SIGNED, tasks // 2)
    timers = [[TIMER, practice, case] for practice, case in open_cases(rig.site, TIMER, due)]
    waiting = rig.crew(BACKGROUND).share("start_due", timers)
    ledger = rig.site.folder / "acknowledged"
    ledger.touch()
    with ThreadPoolExecutor(4) as pool:
        web = pool.submit(_web, rig, lives, calls)
        completing = pool.submit(_lives, rig, lives, "complete_all", _left(ordinary, ledger), ledger)
        signing = pool.submit(_lives, rig, lives, "sign_all", _left(clinical, ledger), ledger)
        sweeping = pool.submit(_lives, rig, lives, "sweep_on", lambda: [], ledger)
        acknowledged, cut = web.result()
        lost = completing.result() + signing.result()
        kills = lost + sweeping.result() + cut
    rig.crew(BACKGROUND).call("sweep", {"ahead": LEASE_OVER})
    rig.say(f"W10: {kills} kills")
    _count_tasks(rig, ledger, ordinary + clinical, lost)
    _count_timers(rig, waiting)
    _count_calls(rig, acknowledged)
    broken = rig.crew(BACKGROUND).call("verify_audit")
    _check(rig, "audit chains broken", broken)
    rig.book.note("check", workload="W10", name="processes killed", value=kills, must="more than 0", ok=kills > 0)


def _left(items: Sequence[list[Any]], ledger: Path) -> Callable[[], list[Any]]:
    """What nobody was told is done yet."""

    def left() -> list[Any]:
        told = set(ledger.read_text().split())
        return [one for one in items if one[1] not in told]

    return left


def _lives(rig: Rig, lives: int, name: str, work: Callable[[], list[Any]], ledger: Path) -> int:
    """One driver after another that works until it is killed; gives how many were. The last one may finish."""
    killed = 0
    with rig.site.log.open("a", encoding="utf-8") as log:
        for life in range(lives + 1):
            worker = Worker(rig.program(BACKGROUND), log)
            worker.tell({"do": "call", "name": name, "given": {"items": work(), "ledger": str(ledger)}})
            if life < lives:
                time.sleep(LIVES[life % len(LIVES)])
                worker.kill()
                killed += 1
                continue
            try:
                if name != "sweep_on":
                    worker.hear()
            finally:
                worker.kill()
    return killed


def _web(rig: Rig, lives: int, calls: int) -> tuple[list[str], int]:
    """Webhooks to a server that is killed: senders try again, under the same id. Gives the ids and the kills."""
    secret = key_of(rig.crew(BACKGROUND).call("reveal"))
    port = [0]
    names = [f"storm-{ids.new()}" for _ in range(calls)]
    with ThreadPoolExecutor(4) as pool:
        sending = [pool.submit(_send_all, secret, names[place::4], port) for place in range(4)]
        killed = 0
        for life in range(lives + 1):
            with rig.serving() as server:
                port[0] = server.port
                if life < lives:
                    time.sleep(LIVES[life % len(LIVES)])
                    server.kill()
                    killed += 1
                    continue
                acknowledged = [one for future in sending for one in future.result()]
    return acknowledged, killed


def _send_all(secret: bytes, names: Sequence[str], port: list[int]) -> list[str]:
    return [name for name in names if _send(secret, name, port)]


def _send(secret: bytes, name: str, port: list[int]) -> bool:
    """Try until it is acknowledged."""
    until = time.monotonic() + 300
    while time.monotonic() < until:
        connection = HTTPConnection("127.0.0.1", port[0], timeout=20)
        try:
            connection.request("POST", f"/webhooks/{SOURCE}", BODY, signed(secret, name, BODY))
            status = connection.getresponse().status
        except (OSError, HTTPException):
            time.sleep(0.05)
            continue
        finally:
            connection.close()
        if status in (200, 202):
            return True
        time.sleep(0.05)
    return False


def _count_tasks(rig: Rig, ledger: Path, given: Sequence[list[Any]], kills: int) -> None:
    told = set(ledger.read_text().split())
    tasks = [one[1] for one in given]
    done = {str(row[0]) for row in rig.rows("select id from task where id = any(%s::uuid[]) and status = 1", tasks)}
    _check(rig, "acknowledged completions lost", len(told & set(tasks) - done))
    _check(rig, "completions nobody was told of, beyond one for each kill", max(0, len(done - told) - kills))
    doubled = "select count(*) from (select {of} from {table} where {where} group by 1 having count(*) > 1) d"
    where = "task_id = any(%s::uuid[]) and what = 'completed'"
    _check(
        rig, "tasks completed twice", rig.value(doubled.format(of="task_id", table="task_event", where=where), tasks)
    )
    where = "task_id = any(%s::uuid[])"
    _check(
        rig, "tasks signed twice", rig.value(doubled.format(of="task_id", table="signed_decision", where=where), tasks)
    )
    # What follows a completed task is there once: open, or completed by somebody since.
    twice = rig.value(
        "select count(*) from (select instance_id, element_id from task where instance_id in"
        " (select instance_id from task where id = any(%s::uuid[])) group by 1, 2 having count(*) > 1) d", tasks
    )  # fmt: skip
    _check(rig, "next tasks opened twice", twice)
    stuck = rig.value(
        "select count(*) from process_instance p where ended_at is null"
        " and id in (select instance_id from task where id = any(%s::uuid[]))"
        " and not exists (select 1 from task t where t.instance_id = p.id and status = 0)", tasks
    )  # fmt: skip
    _check(rig, "instances half done", stuck)
    practices = {str(one[1]): one[0] for one in given}
    _check(rig, "instances unreadable", rig.crew(BACKGROUND).call("unreadable", sorted(practices.items())))
    if not told:
        _check(rig, "storms in which nothing was acknowledged", 1)


def _count_timers(rig: Rig, instances: Sequence[str]) -> None:
    given = list(instances)
    opened = dict(
        rig.rows("select instance_id::text, count(*) from task where instance_id = any(%s::uuid[]) group by 1", given)
    )
    left = rig.value("select count(*) from timer where instance_id = any(%s::uuid[])", given)
    _check(rig, "timers lost", len([one for one in given if one not in opened]))
    _check(rig, "timers fired twice", len([one for one, count in opened.items() if count > 1]))
    _check(rig, "timers left", left)


def _count_calls(rig: Rig, acknowledged: Sequence[str]) -> None:
    found = rig.rows(
        "select r.message_id, count(d.id) from webhook_receipt r left join delivery d on d.receipt_id = r.id"
        " where r.message_id like 'storm-%%' group by 1"
    )
    stored = {str(name): int(count) for name, count in found}
    receipts = rig.value("select count(*) from webhook_receipt where message_id like 'storm-%%'")
    _check(rig, "acknowledged webhooks lost", len([one for one in acknowledged if stored.get(one, 0) == 0]))
    _check(rig, "webhooks stored twice", receipts - len(stored) + len([1 for count in stored.values() if count > 1]))
    if not acknowledged:
        _check(rig, "storms in which no webhook was acknowledged", 1)


def _check(rig: Rig, name: str, found: int) -> None:
    rig.book.note("check", workload="W10", name=name, value=found, must=0, ok=found == 0)
