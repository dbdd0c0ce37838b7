"""An inbox of a large installation: open and finished tasks in the product's own table, written in bulk.

200 practices, 2,000 queues (queue i belongs to practice i / 10, a few have most of the work), 40 of 100 open tasks are
somebody's, each open task has its case. Written by the superuser with triggers off; read by the application role.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from bench.rig import Rig
from bench.site import STATE

PRACTICES, QUEUES = 200, 2000
FIRST = 1000
"""Organization ids of these practices begin here."""
READERS: Mapping[str, int] = {"q5": 5, "q50": 50, "q2000": QUEUES}
"""Reader -> how many queues they staff."""
KEY = "bench_inbox"

_PRACTICES = """
    insert into organization (id, kind, name, state, tin, discipline)
    select %(first)s + i, 'practice', 'Inbox Practice ' || i, %(state)s, (800000000 + i)::text, 'physician'
    from generate_series(0, %(practices)s - 1) i on conflict do nothing"""
_QUEUES = "insert into work_group (key, name) select 'q' || i, 'Queue ' || i from generate_series(0, %(queues)s - 1) i"
_MEMBERS = """
    insert into group_member (group_key, person_id, since_at)
    select 'q' || (i * %(step)s), %(person)s, now() from generate_series(0, %(count)s - 1) i"""
_TASKS = """
    insert into task (practice_id, id, instance_id, definition_id, case_id, engine_task_id, process_key, element_id,
        name, status, group_key, assignee_id, outcomes, exclusions, priority, due_at, has_due, version, created_at,
        completed_by, completed_at)
    select %(first)s + q / 10, uuidv7(), gen_random_uuid(), %(definition)s, case when %(status)s = 0 then uuidv7() end,
        gen_random_uuid(), %(key)s, 't' || i %% 12, 'Review the packet of provider ' || i, %(status)s, 'q' || q,
        case when %(status)s = 0 and r2 < 0.4 then md5((r3 * 5000)::int::text)::uuid end, '[]', '{}', 50,
        now() + case when %(status)s = 0 then r6 * 60 - 20 else r6 * -1000 end * interval '1 day',
        true, 1, now() - r5 * interval '40 day',
        case when %(status)s = 1 then md5((r3 * 5000)::int::text)::uuid end,
        case when %(status)s = 1 then now() - interval '2 day' - r5 * interval '900 day' end
    from (select i, (power(random(), 2) * (%(queues)s - 1))::int q, random() r2, random() r3, random() r5, random() r6
          from generate_series(%(from)s::bigint, %(to)s::bigint) i) s"""
_CASES = """
    insert into case_file (practice_id, id, number, process_key, title, status, service_state, opened_at)
    select practice_id, case_id, 'I-' || case_id, %(key)s, 'Bench case', 'open', %(state)s, created_at
    from task where process_key = %(key)s and status = 0"""
CHUNK = 500_000


@dataclass(frozen=True)
class Inbox:
    """What was written. readers: reader -> person."""

    readers: Mapping[str, str]
    open: int
    done: int


def write(rig: Rig) -> Inbox:
    """Fill the table and make the people who read it."""
    definition = rig.value("select id from process_definition where key = 'bench_straight_3'")
    values = {
        "first": FIRST,
        "practices": PRACTICES,
        "queues": QUEUES,
        "state": STATE,
        "definition": definition,
        "key": KEY,
    }
    open_, done = rig.settings.inbox_open, rig.settings.inbox_done
    with psycopg.connect(rig.site.admin, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("set synchronous_commit = off")
        admin.execute("select setseed(0.42)")
        admin.execute(_PRACTICES, values)
        admin.execute(_QUEUES, values)
        dropped = _drop_indexes(admin)
        for status, count in ((0, open_), (1, done)):
            for begin in range(0, count, CHUNK):
                end = min(begin + CHUNK, count)
                admin.execute(_TASKS, {**values, "status": status, "from": begin + 1, "to": end})
                rig.say(f"W7: {end:,} of {count:,} {'open' if status == 0 else 'finished'} tasks written")
        admin.execute(_CASES, values)
        for statement in dropped:
            admin.execute(statement)
        admin.execute("vacuum analyze task")
        admin.execute("analyze case_file")
        readers = {name: _reader(rig, admin, name, count) for name, count in READERS.items()}
        admin.execute("checkpoint")
    return Inbox(readers, open_, done)


def _drop_indexes(admin: "psycopg.Connection[tuple[object, ...]]") -> list[str]:
    """All but the primary key; gives what makes them again."""
    rows = admin.execute(
        "select indexname, indexdef from pg_indexes where tablename = 'task' and indexname not like 'pk_%'"
    ).fetchall()
    for name, _ in rows:
        admin.execute(f'drop index "{name}"'.encode())
    return [str(definition) for _, definition in rows]


def _reader(rig: Rig, admin: "psycopg.Connection[tuple[object, ...]]", name: str, count: int) -> str:
    """A person of the MSO, made by the product's verbs, in so many queues spread over all practices."""
    person = str(rig.crew("countersign").call("person", {"name": f"Reader {name}", "email": f"{name}@bench.example"}))
    admin.execute(_MEMBERS, {"step": QUEUES // count, "person": person, "count": count})
    return person
