"""`countersign audit verify`: every chain, and what it says of a broken one."""

import psycopg

from tests.conftest import plain
from tests.office import Office
from tests.webapp.cli.conftest import Type
from webapp.cli import audit


def test_whole_chains_are_one_line_each(office: Office, typed_in_office: Type) -> None:
    office.receive()
    result = typed_in_office(audit.command, "verify")
    assert result.exit_code == 0, result.output
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [row[0] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert {row[2] for row in rows} == {"ok"}
    lakeshore = next(row for row in rows if row[0] == "2")
    assert lakeshore[1] == "Lakeshore Orthopedics PC" and int(lakeshore[3].split()[0]) > 0


def test_a_changed_entry_is_named_and_exits_1(office: Office, typed_in_office: Type) -> None:
    office.receive()
    assert office.config is not None
    with psycopg.connect(plain(office.config.urls.owner), autocommit=True) as owner:
        owner.execute("alter table audit_entry disable trigger all")
        owner.execute("alter table audit_entry no force row level security")
        owner.execute("update audit_entry set body = replace(body, 'intake', 'nobody') where practice_id = 2")
    result = typed_in_office(audit.command, "verify")
    assert result.exit_code == 1
    broken = [line for line in result.stdout.splitlines() if "BROKEN" in line]
    assert len(broken) == 1 and broken[0].startswith("2\tLakeshore Orthopedics PC\tBROKEN at link ")
    assert "an entry was changed, added or removed" in broken[0]
