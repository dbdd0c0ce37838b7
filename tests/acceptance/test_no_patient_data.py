"""A patient's name goes through everything, and stands in no log, no audit entry, no job and no open column."""

import json
import logging
from decimal import Decimal

import psycopg
import pytest

from mso.integrations.x12_835 import fake
from mso.integrations.x12_835.fake import FakeClaim, FakeLine, cas
from store import embedded
from store.embedded import EmbeddedServer
from tests.acceptance.test_main_job import ATTESTED, EVIDENCE, LETTER, SENT
from tests.conftest import plain
from tests.office import REVIEW, TRIAGE, Office

LAST, FIRST, MEMBER = "ZZCANARY", "QQBIRD", "MEM77CANARY"
CLAIM = "CANCLM01"
FREE_TEXT = "Mrs Zzcanary came on crutches"


def test_a_patients_name_stays_in_sealed_columns(
    office: Office, server: EmbeddedServer, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    line = FakeLine("97110", Decimal(150), (cas("CO", "50", 150),), remarks=("N115",))
    claim = FakeClaim("PT1", CLAIM, (line,), patient=(LAST, FIRST, MEMBER))
    good = fake.write_one([claim])
    office.receive(good)
    for broken in (
        good.replace(b"150", b"15x", 1),
        good.replace(b"DTM*472*2026", b"DTM*472*" + LAST.encode()),
        good.replace(f"NM1*QC*1*{LAST}".encode(), f"NM1*QC*{LAST}*{FIRST}".encode()).replace(b"EFT0001", b"EFT0002"),
        good.replace(b"CLP*", f"CLP*{LAST}".encode(), 1).replace(b"EFT0001", b"EFT0003").replace(b"150", b"151", 1),
        good.replace(b"LX*1", f"LX*{LAST}~ZZZ*{LAST}*{MEMBER}".encode()).replace(b"EFT0001", b"EFT0004"),
        good[: len(good) // 2],
    ):
        office.receive(broken)
    office.receive(
        json.dumps({"payer_claim_control_number": CLAIM, "result": "?", LAST: FIRST, "paid": MEMBER}).encode(),
        "payer_decision",
    )
    office.complete("ben", office.task("triage_confirm", CLAIM), TRIAGE)
    review = {**REVIEW, "clinical_facts": FREE_TEXT + " to the visit of Sep 3, page 2.", "rationale": FREE_TEXT * 3}
    office.complete("ada", office.task("clinical_review", CLAIM), review, "appeal")
    office.complete("ben", office.task("collect_evidence", CLAIM), EVIDENCE)
    office.complete("ben", office.task("finalize_letter", CLAIM), {**LETTER, "letter_opening": FREE_TEXT * 3})
    office.complete("ada", office.task("attest_letter", CLAIM), ATTESTED, "signed")
    office.complete("ben", office.task("submit_clinical_appeal", CLAIM), SENT)
    browser = office.browser("ben")
    for path in (f"/cases/?q={LAST}", f"/cases/{office.case(CLAIM).id}", f"/inbox?queue={LAST}", f"/tasks/{LAST}"):
        browser.get(path)
    logged = "".join(capfd.readouterr()) + caplog.text
    assert [one for one in canaries() if one in logged.lower()] == []
    assert office.config is not None
    name = str(office.config.database_url).rpartition("/")[2].partition("?")[0]
    assert found_in_the_open(embedded.urls_of(server.layout, name).admin) == []


def canaries() -> tuple[str, ...]:
    return tuple(one.lower() for one in (LAST, FIRST, MEMBER, "crutches"))


def found_in_the_open(url: str) -> list[str]:
    """Tables and columns in which a canary stands readable, whatever their type."""
    found = []
    with psycopg.connect(plain(url)) as owner:
        columns = owner.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'public'"
        ).fetchall()
        for table, column in columns:
            for canary in canaries():
                query = f'select count(*) from "{table}" where "{column}"::text ilike %s'
                hexadecimal = canary.encode().hex()
                seen = owner.execute(query, (f"%{canary}%",)).fetchone()
                raw = owner.execute(query, (f"%{hexadecimal}%",)).fetchone()
                if (seen and seen[0]) or (raw and raw[0]):
                    found.append(f"{table}.{column}: {canary}")
    return sorted(set(found))
