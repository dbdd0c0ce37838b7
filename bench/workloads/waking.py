"""W8: timers that are due: how fast are they claimed, how fast do they fire, and does one ever fire twice?"""

from collections.abc import Iterator, Sequence

from bench import models
from bench.records import PRODUCT
from bench.rig import BACKGROUND, Failed, Numbers, Rig
from bench.rounds import Cell, Plan, repeat
from bench.site import open_cases
from bench.workloads.walking import tool

CLAIMED, CLAIMED_SMALL = 100_000, 20_000
FIRED, FIRED_SMALL = 4_000, 120
GOAL = 50_000.0
"""Claims per second that are promised."""
KEY = models.timer().key

_MANY = """
    insert into timer (id, practice_id, instance_id, engine_task_id, element_id, due_at, look_at{more})
    select gen_random_uuid(), (%(practices)s::int[])[1 + i %% %(count)s], gen_random_uuid(), gen_random_uuid(),
           'bench_none', now() - interval '1 hour' + i * interval '1 millisecond', now() - interval '1 hour'{values}
    from generate_series(1, %(many)s) i"""


def run(rig: Rig) -> None:
    """Claims and fires, with one process and with two."""
    tool(rig, "publish", models.timer())
    repeat(rig, Plan("W8", tuple(_cells(rig)), raw=(1, 2), most=3))
    _check(rig)


def _cells(rig: Rig) -> Iterator[Cell]:
    for processes in (1, 2):
        suffix = "" if processes == 1 else f".P{processes}"
        yield Cell(PRODUCT, f"timers.claimed{suffix}", lambda processes=processes: _claim(rig, processes))  # type: ignore[misc]
        yield Cell(PRODUCT, f"timers.fired{suffix}", lambda processes=processes: _fire(rig, processes))  # type: ignore[misc]


def _claim(rig: Rig, processes: int) -> Numbers:
    """Rows without instances: claiming looks at nothing else. They are gone before anything fires."""
    many = CLAIMED_SMALL if rig.settings.small else CLAIMED
    has_attempts = bool(rig.rows("select 1 from information_schema.columns where table_name = 'timer'"
                                 " and column_name = 'attempts'"))  # fmt: skip
    query = _MANY.format(more=", attempts" if has_attempts else "", values=", 0" if has_attempts else "")
    places = list(rig.site.practices)
    rig.admin.execute(query, {"practices": places, "count": len(places), "many": many})
    rig.admin.execute("analyze timer")
    try:
        before = rig.wal()
        found = _at_once(rig, "claim", processes)
        claimed = sum(one["claimed"] for one in found)
        if claimed != many:
            raise Failed(f"{claimed:.0f} of {many} timers were claimed.")
        rate = claimed / _seconds(found)
        return {"rate": rate, "of_goal": rate / GOAL, "count": claimed, "wal_bytes": (rig.wal() - before) / many}
    finally:
        rig.admin.execute("delete from timer where element_id = 'bench_none'")
        rig.admin.execute("vacuum timer")


def _fire(rig: Rig, processes: int) -> Numbers:
    """Real instances, woken by the sweep that a worker makes."""
    many = FIRED_SMALL if rig.settings.small else FIRED
    items = [[KEY, practice, case] for practice, case in open_cases(rig.site, KEY, many)]
    rig.crew(BACKGROUND).share("start_due", items)
    before = rig.wal()
    found = _at_once(rig, "sweep", processes)
    woken = sum(one["woken"] for one in found)
    if woken != many:
        raise Failed(f"{woken:.0f} instances were woken, {many} had timers that were due.")
    return {"rate": woken / _seconds(found), "count": woken, "wal_bytes": (rig.wal() - before) / many}


def _at_once(rig: Rig, tool_name: str, processes: int) -> list[Numbers]:
    crew = rig.crew(BACKGROUND).workers(processes)
    for worker in crew:
        worker.tell({"do": "call", "name": tool_name, "given": {}})
    return [worker.hear()["found"] for worker in crew]


def _seconds(found: Sequence[Numbers]) -> float:
    return max(one["end"] for one in found) - min(one["begin"] for one in found)


def _check(rig: Rig) -> None:
    """A timer that fired twice would have opened its task twice; one that is lost leaves its row."""
    doubled = rig.value(
        "select count(*) from (select instance_id from task where process_key = %s group by 1 having count(*) > 1) d",
        KEY,
    )
    left = rig.value("select count(*) from timer t join process_instance p on p.id = t.instance_id"
                     " where p.process_key = %s", KEY)  # fmt: skip
    unopened = rig.value(
        "select count(*) from process_instance p where process_key = %s"
        " and not exists (select 1 from task t where t.instance_id = p.id)", KEY
    )  # fmt: skip
    for name, found in (("timers fired twice", doubled), ("timers left", left), ("timers lost", unopened)):
        rig.book.note("check", workload="W8", name=name, value=found, must=0, ok=found == 0)
