"""What is written in Python is a model that the engine compiles, drawn without a fault."""

import pytest

from workflows.authoring import Mistake, Model
from workflows.engine import compile_process
from workflows.layout.measure import measure


def leave() -> Model:
    m = Model("leave", "Leave request", lanes={"staff": "Staff", "lead": "Team lead"})
    with m.lane("staff"):
        m.start("asked", "Leave asked")
    with m.lane("lead"):
        m.user("decide", "Decide", form="leave_decision", due="2 business days")
        m.exclusive("granted", "Granted?")
        m.end("yes", "Granted")
        m.end("no", "Refused")
    m.flow("asked", "decide", "granted")
    m.flow("granted", "yes", name="yes", when="decide.granted = true")
    m.flow("granted", "no", name="no", default=True)
    return m


def test_a_written_model_compiles_and_is_drawn_without_a_fault() -> None:
    xml = leave().build()
    process = compile_process({"leave.bpmn": xml}, "leave")
    assert process.elements["decide"].properties["formKey"] == "leave_decision"
    assert process.elements["decide"].lane == "lead"
    found = measure(xml)
    assert found.shapes and found.faults == {}


def test_the_same_text_is_the_same_model() -> None:
    assert leave().build() == leave().build()


def test_a_flow_to_nowhere_is_a_mistake_that_names_it() -> None:
    model = leave()
    with pytest.raises(Mistake, match="nowhere"):
        model.flow("decide", "nowhere")
        model.build()
