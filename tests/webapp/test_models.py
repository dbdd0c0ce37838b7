"""The page that checks a model of another tool, in a browser without JavaScript."""

import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from store.audit import AuditEntry
from store.practice import MSO, as_practice
from store.transaction import reading
from tests.clients import office, office_people
from tests.office import Office, csrf
from tests.workflows.lint.draw import line, user
from tests.workflows.repair.corpus import own
from webapp.views import models as views
from webapp.views.models import UploadBroken, file_name, pack, repaired_name, unpack
from workflows.model import read
from workflows.model.xml import MAX_BYTES

__all__ = ["office", "office_people"]


@pytest.fixture
def dev(office: Office) -> FlaskClient:
    """Dev, who administers processes."""
    return office.browser("dev")


def upload(client: FlaskClient, data: bytes, name: str = "refund.bpmn") -> Any:
    form = {"csrf_token": csrf(client, "/models/"), "file": (BytesIO(data), name)}
    return client.post("/models/check", data=form, content_type="multipart/form-data")


def carried(page: str) -> dict[str, str]:
    """The hidden fields of the form that repairs."""
    form = page[page.index('action="/models/repair"') :]
    return {key: unescape(value) for key, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)}


def ticked(page: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'name="repair" value="([^"]+)" checked', page)]


def tags(office: Office) -> list[str]:
    with as_practice(MSO), reading() as session:
        bodies = session.scalars(select(AuditEntry.body)).all()
    return [tag for body in bodies for tag in re.findall(r'"tag":"(model:[^"]+)"', body)]


def test_a_model_is_shown_with_findings_and_repairs(dev: FlaskClient) -> None:
    answer = upload(dev, own("camunda7"))
    assert answer.status_code == 200
    assert "Several flows leave this element" in answer.text
    assert "Put a parallel gateway after “Pay”" in answer.text
    assert "delegateExpression" in answer.text
    assert "implicit-split:pay" in ticked(answer.text)
    assert "service-task:pay" not in ticked(answer.text)


def test_the_repaired_model_is_shown_and_handed_out(dev: FlaskClient, office: Office) -> None:
    page = upload(dev, own("camunda7")).text
    form = {**carried(page), "repair": [*ticked(page), "service-task:pay"], "answer:service-task:pay": "by-hand"}
    shown = dev.post("/models/repair", data=form)
    assert shown.status_code == 200
    assert "Nothing stands against publication" in shown.text or "lane-without-group" in shown.text
    assert "Before and after" in shown.text
    file = dev.post("/models/file", data=carried(shown.text))
    assert file.headers["Content-Disposition"] == "attachment; filename=refund-repaired.bpmn"
    assert read(file.data).elements["pay"].kind == "manualTask"
    assert tags(office) == ["model:checked", "model:repaired"]


def test_a_bad_answer_keeps_what_was_chosen(dev: FlaskClient) -> None:
    page = upload(dev, own("camunda7")).text
    form = {**carried(page), "repair": ["service-task:pay", "timer:late"], "answer:service-task:pay": ""}
    assert dev.post("/models/repair", data=form).status_code == 200  # The suggested answer is taken.
    form["answer:service-task:pay"] = "magic"
    again = dev.post("/models/repair", data=form)
    assert again.status_code == 422
    assert "magic" in again.text
    assert ticked(again.text) == ["service-task:pay", "timer:late"]


def test_nothing_chosen_says_so(dev: FlaskClient) -> None:
    page = upload(dev, own("camunda7")).text
    again = dev.post("/models/repair", data=carried(page))
    assert again.status_code == 422
    assert "Nothing was chosen" in again.text


@pytest.mark.parametrize("data", [b"", b"<a", b"<!DOCTYPE a><a/>", b"<a/>", b"\0" * 50, b" " * (MAX_BYTES + 1)])
def test_what_is_no_model_is_told_where_another_one_can_be_chosen(dev: FlaskClient, data: bytes) -> None:
    answer = upload(dev, data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text and 'name="file"' in answer.text


def test_no_file_at_all_is_told(dev: FlaskClient) -> None:
    assert dev.post("/models/check", data={"csrf_token": csrf(dev, "/models/")}).status_code == 422


def test_a_large_file_comes_back_whole(dev: FlaskClient) -> None:
    noise = "".join(f"{number * 7919 % 1_000_003:x}" for number in range(500_000))
    data = own("bizagi").replace(b"<task id=", f"<!-- {noise} --><task id=".encode(), 1)
    page = upload(dev, data).text
    shown = dev.post("/models/repair", data={**carried(page), "repair": ticked(page)})
    assert shown.status_code == 200
    assert noise in unpack(carried(shown.text)["model"]).decode()


@pytest.mark.parametrize("text", ["", "%%%", "AAAA", pack(b"x")[:-4], pack(b" " * (MAX_BYTES + 1))])
def test_what_comes_back_damaged_is_refused(text: str) -> None:
    with pytest.raises(UploadBroken):
        unpack(text)


def test_files_are_named_so_that_they_can_be_saved_anywhere() -> None:
    assert file_name("C:\\models\\My refund.bpmn") == "My_refund.bpmn"
    assert file_name("../../etc/passwd") == "passwd.bpmn"
    assert file_name("\r\n") == "model.bpmn"
    assert repaired_name(repaired_name("refund.bpmn")) == "refund-repaired.bpmn"


def test_what_has_no_drawing_is_drawn_unless_it_is_too_large(dev: FlaskClient) -> None:
    small = line(*(user(f"t{number}") for number in range(3)))
    assert "this one was made for it" in upload(dev, small).text
    large = line(*(user(f"t{number}") for number in range(views.DRAWN)))
    page = upload(dev, large)
    assert page.status_code == 200
    assert "elements to draw" in page.text and 'id="boot"' not in page.text


def test_text_of_a_file_is_text_on_the_page(dev: FlaskClient) -> None:
    data = own("camunda7").replace(b'name="Pay"', b'name="&lt;script&gt;alert(1)&lt;/script&gt;"')
    answer = upload(dev, data, "a<script>.bpmn")
    assert answer.status_code == 200
    assert "<script>alert(1)" not in answer.text


@pytest.mark.parametrize("name", ["ben", "ada", "gus"])
def test_only_who_edits_processes_may_use_it(office: Office, name: str) -> None:
    client = office.browser(name)
    assert client.get("/models/").status_code == 403
    assert views.LIMIT not in client.get("/").text
