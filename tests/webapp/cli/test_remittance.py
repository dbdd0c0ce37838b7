"""`countersign remittance receive`: files without HTTP, one line each, never twice."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from mso.cases import Case
from mso.integrations.x12_835 import fake
from store.practice import viewing
from store.transaction import reading
from tests.office import EVERYWHERE, Office
from tests.webapp.cli.conftest import Type
from webapp.cli import remittance
from workflows.webhooks import sources


def kept(folder: Path, name: str, body: bytes) -> str:
    path = folder / name
    path.write_bytes(body)
    return str(path)


def cases() -> int:
    with viewing(EVERYWHERE), reading() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def test_a_file_opens_its_cases_once_however_often_it_is_brought(typed_in_office: Type, tmp_path: Path) -> None:
    file = kept(tmp_path, "era.835", fake.hard_denials())
    first = typed_in_office(remittance.command, "receive", file)
    assert first.exit_code == 0, first.output
    name, status, count, delivery_id = first.stdout.rstrip("\n").split("\t")
    assert (name, status) == ("era.835", "processed") and UUID(delivery_id)
    opened = cases()
    assert count == f"{opened} case(s)" and opened > 3
    again = typed_in_office(remittance.command, "receive", file)
    assert (again.stdout, cases()) == (first.stdout, opened)


def test_one_bad_file_among_good_ones_is_told_and_exits_1(typed_in_office: Type, tmp_path: Path) -> None:
    stranger = fake.FakePayee("NOBODY PC", "1999990991", "111111111")
    files = (
        kept(tmp_path, "good.835", fake.hard_denials()),
        kept(tmp_path, "junk.835", b"not a remittance"),
        kept(tmp_path, "stranger.835", b"".join(fake.many_claims(1, payee=stranger))),
    )
    result = typed_in_office(remittance.command, "receive", *files)
    assert result.exit_code == 1
    rows = [line.split("\t")[:3] for line in result.stdout.splitlines()]
    assert [row[:2] for row in rows] == [
        ["good.835", "processed"],
        ["junk.835", "quarantined"],
        ["stranger.835", "quarantined"],
    ]
    assert "no practice of ours" in result.stderr


def test_a_fault_of_ours_is_told_and_left_to_a_worker(
    typed_in_office: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the text may quote the file")

    file = kept(tmp_path, "era.835", fake.hard_denials())
    monkeypatch.setattr(sources, "get_handler", lambda key: fail)
    result = typed_in_office(remittance.command, "receive", file)
    assert result.exit_code == 1
    assert result.stdout.split("\t")[1] == "received"
    assert "RuntimeError" in result.stderr and "quote" not in result.stderr


@pytest.mark.parametrize("words", [("receive",), ("receive", "/nowhere/era.835")])
def test_wrong_usage_is_2(office: Office, typed_in_office: Type, words: tuple[str, ...]) -> None:
    assert typed_in_office(remittance.command, *words).exit_code == 2
