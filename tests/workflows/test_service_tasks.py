"""The catalog of operators: what a model may name, with which parameters, and how it answers."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from uuid import UUID

import pytest

from workflows import service_tasks
from workflows.service_tasks import BusinessError, Parameter, ServiceCall, service_task


@pytest.fixture(autouse=True)
def empty_catalog(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(service_tasks, "_operators", {})
    yield


def call(operator: str, **parameters: object) -> ServiceCall:
    return ServiceCall(
        id=UUID(int=1),
        operator=operator,
        parameters=parameters,
        instance_id=UUID(int=2),
        practice_id=2,
        subject_id=None,
        element_id="triage",
        now=datetime(2026, 11, 24, tzinfo=UTC),
        decide=lambda decision, context: decision,
    )


def triage(call: ServiceCall) -> Mapping[str, object]:
    """Choose the pathway of a denial.

    More for programmers.
    """
    if call.parameters["carc"] == "0":
        raise BusinessError("NO_DENIAL", "nothing was denied")
    if call.parameters["carc"] == "?":
        raise BusinessError("SURPRISE", "nobody declared this")
    return {"pathway": call.decide("pathway", call.parameters)}


def register(key: str = "denials.triage") -> None:
    service_task(
        key,
        parameters={"carc": "string", "rarc": Parameter("list", required=False)},
        local=True,
        errors=("NO_DENIAL",),
    )(triage)


def test_the_catalog_tells_modelers_what_an_operator_does_and_takes() -> None:
    register("z.last")
    register("denials.triage")
    assert list(service_tasks.catalog()) == ["denials.triage", "z.last"]
    entry = service_tasks.get_operator("denials.triage")
    assert (entry.summary, entry.local, entry.errors) == ("Choose the pathway of a denial.", True, ("NO_DENIAL",))
    assert entry.parameters["carc"] == Parameter("string")
    assert not entry.parameters["rarc"].required


def test_a_call_is_answered_by_its_operator() -> None:
    register()
    assert service_tasks.invoke(call("denials.triage", carc="50")) == {"pathway": "pathway"}


def test_a_declared_error_is_the_models_business_and_an_undeclared_one_is_technical() -> None:
    register()
    with pytest.raises(BusinessError) as caught:
        service_tasks.invoke(call("denials.triage", carc="0"))
    assert (caught.value.code, caught.value.text) == ("NO_DENIAL", "nothing was denied")
    with pytest.raises(RuntimeError, match="SURPRISE"):
        service_tasks.invoke(call("denials.triage", carc="?"))


@pytest.mark.parametrize("parameters", [{}, {"rarc": []}, {"carc": "50", "amount": 3}])
def test_missing_and_unknown_parameters_are_refused(parameters: dict[str, object]) -> None:
    register()
    with pytest.raises(service_tasks.ParametersRefused):
        service_tasks.invoke(call("denials.triage", **parameters))


def test_an_operator_nobody_registered_does_not_exist() -> None:
    assert service_tasks.find("nobody") is None
    with pytest.raises(service_tasks.UnknownOperator):
        service_tasks.invoke(call("nobody"))


def test_a_key_has_one_owner_and_a_type_is_one_of_feel() -> None:
    register()
    register()  # The same function again, e.g. after a reload, changes nothing.
    with pytest.raises(ValueError, match="registered already"):
        service_task("denials.triage", parameters={})(lambda call: {})
    with pytest.raises(ValueError, match="not a FEEL type"):
        service_task("x", parameters={"a": "text"})(triage)


def test_an_answer_of_another_type_than_declared_is_technical() -> None:
    def count(call: ServiceCall) -> Mapping[str, object]:
        return {"days": call.parameters["days"], "note": None}

    service_task("t.count", parameters={"days": "any"}, result="context<days: number, note: string>", local=True)(count)
    assert service_tasks.invoke(call("t.count", days=3)) == {"days": 3, "note": None}
    with pytest.raises(RuntimeError, match="something else than it declares"):
        service_tasks.invoke(call("t.count", days="three"))
    with pytest.raises(ValueError, match="not a FEEL type"):
        service_task("t.other", parameters={}, result="context<days")(count)
