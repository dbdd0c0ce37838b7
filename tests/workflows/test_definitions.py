"""Publishing a process: versions by content, checks before anything is stored."""

import pytest

from store import clock
from store.practice import MSO, as_practice
from store.transaction import reading, transaction
from tests.conftest import Database
from webapp import shipped
from webapp.wiring import wire
from workflows import definitions
from workflows.definitions import PublicationRefused, UnknownProcess


@pytest.fixture
def files() -> dict[str, bytes]:
    wire()
    return shipped.files("denial_appeal")


def publish(files: dict[str, bytes], key: str = "denial_appeal") -> object:
    with as_practice(MSO), transaction():
        return definitions.publish(files, key, by=None, now=clock.now())


def test_the_same_content_is_one_version(database: Database, files: dict[str, bytes]) -> None:
    assert publish(files) == publish(files)


def test_a_changed_form_is_a_new_version(database: Database, files: dict[str, bytes]) -> None:
    first = publish(files)
    changed = files | {"forms/escalation.json": files["forms/escalation.json"].replace(b"is late", b"is very late")}
    assert publish(changed) != first
    with reading() as session:
        assert definitions.current(session, "denial_appeal").version == 2


def test_a_model_with_an_error_is_refused_and_nothing_is_stored(database: Database, files: dict[str, bytes]) -> None:
    without = {path: data for path, data in files.items() if path != "forms/clinical_review.json"}
    with pytest.raises(PublicationRefused) as refused:
        publish(without)
    assert any(one.element_id == "clinical_review" for one in refused.value.findings)
    with reading() as session, pytest.raises(UnknownProcess):
        definitions.current(session, "denial_appeal")


def test_an_unknown_operator_is_refused(database: Database, files: dict[str, bytes]) -> None:
    broken = files["denial_appeal.bpmn"].replace(b'"denials.triage"', b'"denials.guess"')
    with pytest.raises(PublicationRefused):
        publish(files | {"denial_appeal.bpmn": broken})
