"""`countersign instance`: what stands there, a preview as lines, and the deed with reason and person."""

from uuid import UUID

import pytest

from mso.access import NotPermitted
from tests.webapp.cli.conftest import Type
from tests.workflows.desk import Desk, desk, service
from tests.workflows.lint.draw import line, user
from webapp.cli import instance as noun
from workflows.operations import InstanceMoved
from workflows.service_tasks import Permanent

__all__ = ["desk"]

DEV = "dev@meridian.example"


@pytest.fixture
def stopped(desk: Desk) -> UUID:
    desk.operator("t.ask", Permanent("HTTP 404"), errors=("CLOSED",), result="context<n: number>")
    made = desk.start(line(service("ask", "t.ask"), user("after")), x=1)
    desk.work(made)
    return made


def rows(output: str) -> list[list[str]]:
    return [one.split("\t") for one in output.splitlines()]


def test_an_instance_is_listed_and_shown_with_the_ids_of_its_steps(
    desk: Desk, stopped: UUID, typed_in_office: Type
) -> None:
    listed = typed_in_office(noun.command, "list", "--as", DEV, "--status", "stopped")
    assert listed.exit_code == 0, listed.output
    assert rows(listed.stdout)[0][:4] == [str(stopped), "p", "v1", "stopped"]
    shown = typed_in_office(noun.command, "show", str(stopped), "--as", DEV)
    found = rows(shown.stdout)
    step = next(one for one in found if one[0] == "step")
    assert step[2:] == ["ask", "stopped", "retry, answer, throw, skip, move"]
    assert any(one[:3] == ["incident", "service-failed", "ask"] for one in found)
    assert not any(one[0] == "variable" for one in found)
    assert ["variable", "x", "1"] in rows(
        typed_in_office(noun.command, "show", str(stopped), "--values", "--as", DEV).stdout
    )


def test_a_verb_previews_and_is_done_with_the_digest_of_its_preview(
    desk: Desk, stopped: UUID, typed_in_office: Type
) -> None:
    words = ("skip", str(stopped), "--result", "{n: 3}", "--as", DEV)
    preview = typed_in_office(noun.command, *words)
    assert preview.exit_code == 0, preview.output
    found = rows(preview.stdout)
    assert ["begins", "task", "after"] in found and ["variable", "result", "not there", "{n: 3}"] in found
    assert desk.row(stopped).status == "stopped"
    digest = found[-1][1]
    assert typed_in_office(noun.command, *words, "--apply", digest).exit_code == 2, "a reason is needed"
    done = typed_in_office(noun.command, *words, "--apply", digest, "--reason", "the payer told us")
    assert done.exit_code == 0 and rows(done.stdout)[0][:3] == ["done", "answer", str(stopped)]
    assert list(desk.open(stopped)) == ["after"]
    again = typed_in_office(noun.command, "cancel", str(stopped), "--apply", digest, "--reason", "x", "--as", DEV)
    assert isinstance(again.exception, InstanceMoved)


def test_the_other_verbs(desk: Desk, stopped: UUID, typed_in_office: Type) -> None:
    def typed(*words: str) -> list[list[str]]:
        result = typed_in_office(noun.command, *words, "--as", DEV, "--yes", "--reason", "a test")
        assert result.exit_code == 0, result.output
        return rows(result.stdout)

    name = str(stopped)
    assert ["variable", "x", "1", "2"] in typed("set", name, "x=2")
    assert ["variable", "x", "2", "taken away"] in typed("set", name, "--remove", "x")
    assert typed("suspend", name)[-1][1] == "suspend"
    assert typed("resume", name)[-1][1] == "resume"
    assert ["begins", "call", "ask"] in typed("retry", name)
    assert desk.work(stopped).status == "failed"
    step = next(str(one.id) for one in desk.look(stopped).tokens())
    assert ["begins", "task", "after"] in typed("move", name, step, "after")
    desk.publish(line(service("ask", "t.ask"), user("after"), user("last")))
    typed("migrate", name, "2")
    passed = str(desk.open(stopped)["after"])
    desk.complete(stopped, "after")
    assert list(desk.open(stopped)) == ["last"]
    typed("rewind", name, passed)
    assert list(desk.open(stopped)) == ["after"]
    typed("cancel", name)
    assert desk.row(stopped).status == "cancelled"


def test_many_are_retried_by_kind(desk: Desk, stopped: UUID, typed_in_office: Type) -> None:
    result = typed_in_office(noun.command, "retry-all", "service-failed", "--reason", "mended", "--as", DEV)
    assert result.exit_code == 0 and rows(result.stdout) == [[str(stopped), "retried"]]
    assert desk.call(stopped).status == "waiting"


@pytest.mark.parametrize(
    "words", [("show", "no-id"), ("set", "{id}", "x"), ("skip", "{id}", "--result", "1", "--error", "E")]
)
def test_wrong_usage_exits_2(desk: Desk, stopped: UUID, typed_in_office: Type, words: tuple[str, ...]) -> None:
    result = typed_in_office(noun.command, *(one.format(id=stopped) for one in words), "--as", DEV)
    assert result.exit_code == 2


def test_who_may_not_operate_is_refused(desk: Desk, stopped: UUID, typed_in_office: Type) -> None:
    result = typed_in_office(noun.command, "list", "--as", "ben@meridian.example")
    assert isinstance(result.exception, NotPermitted)
