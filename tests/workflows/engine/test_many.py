import pytest

from tests.workflows.engine.draw import END, START, call, event, file, flows, many, model, script, sub, task, user
from tests.workflows.engine.play import Play


def test_parallel_instances_are_open_at_once_and_their_answers_are_collected() -> None:
    play = Play("many_parallel", items=["x", "y", "z"])
    assert [task.data["item"] for task in play.waiting.user_tasks] == ["x", "y", "z"]
    for _ in range(3):
        play.complete("each", ok=True)
    assert play.tasks == ["after"]
    assert play.execution.variables["results"] == [{"ok": True}] * 3


def test_sequential_instances_come_one_after_the_other() -> None:
    play = Play("many_sequential", items=["x", None, "z"])
    seen = []
    for _ in range(3):
        (task,) = play.waiting.user_tasks
        seen.append(task.data["item"])
        play.complete("each", n=len(seen))
    assert (seen, play.tasks) == (["x", None, "z"], ["after"])
    assert play.execution.variables["results"] == [{"n": 1}, {"n": 2}, {"n": 3}]


@pytest.mark.parametrize("name", ["many_parallel", "many_sequential"])
def test_the_completion_condition_ends_it_early(name: str) -> None:
    play = Play(name, items=[1, 2, 3]).complete("each", stop=True)
    assert play.tasks == ["after"]
    assert play.execution.variables["results"] == [{"stop": True}]


@pytest.mark.parametrize("name", ["many_parallel", "many_sequential"])
def test_nothing_to_do_is_done_at_once(name: str) -> None:
    play = Play(name, items=[])
    assert (play.tasks, play.execution.variables["results"]) == (["after"], [])


def test_a_number_of_instances_may_be_a_feel_number() -> None:
    assert Play("many_counted", count=3).tasks == ["each"] * 3


@pytest.mark.parametrize("count", [-1, 1.5, "3"])
def test_a_number_that_is_none_stops_the_element(count: object) -> None:
    assert Play("many_counted", count=count).kinds == ["expression"]


def test_more_instances_than_the_limit_stop_the_element() -> None:
    assert Play("many_parallel", items=list(range(201))).kinds == ["too-many-items"]


def test_a_missing_collection_stops_the_element() -> None:
    assert Play("many_parallel").kinds == ["data"]


def test_a_standard_loop_repeats_while_its_condition_holds_up_to_its_maximum() -> None:
    play = Play("standard_loop")
    for _ in range(3):
        play.complete("again", more=True)
    assert play.tasks == ["after"]
    assert Play("standard_loop").complete("again", more=False).tasks == ["after"]


def test_sub_process_instances_collect_their_answers() -> None:
    play = Play("many_interrupted", items=["x", "y"]).complete("reply", n=1).complete("reply", n=2)
    assert (play.tasks, play.execution.variables["results"]) == (["after"], [{"n": 1}, {"n": 2}])
    assert play.complete("after").execution.status == "completed"


def test_an_error_in_one_instance_takes_all_of_them_away() -> None:
    play = Play("many_interrupted", items=["x", "y", "z"]).complete("reply", bad=True)
    assert (play.tasks, play.waiting.timers, play.kinds) == (["handle"], (), [])
    assert play.complete("handle").execution.end_events == ["handled"]
    assert play.execution.status == "completed"


def test_a_timer_takes_all_open_instances_away() -> None:
    play = Play("many_interrupted", items=["x", "y", "z"]).complete("reply").later(days=1)
    assert (play.tasks, play.waiting.timers) == (["lost"], ())
    assert play.complete("lost").execution.status == "completed"


def test_instances_of_a_called_process_take_their_item_and_give_their_answer() -> None:
    declared = (
        '<dataInput id="number"/><dataOutput id="total"/><inputSet><dataInputRefs>number</dataInputRefs></inputSet>'
    )
    io = f"<ioSpecification>{declared}<outputSet><dataOutputRefs>total</dataOutputRefs></outputSet></ioSpecification>"
    called = io + event("start", "i") + user("ask") + script("s1", "total = number * ask.n") + event("end", "j")

    def assigned(kind: str, target: str, source: str) -> str:
        assignment = f"<assignment><from>{source}</from><to>{target}</to></assignment>"
        return f"<{kind}><targetRef>{target}</targetRef>{assignment}</{kind}>"

    mapped = assigned("dataInputAssociation", "number", "item") + assigned("dataOutputAssociation", "answer", "total")
    body = (
        START + call("each", "q", mapped + many("items")) + user("after") + END + flows("start", "each", "after", "end")
    )
    xml = f'<process id="p" isExecutable="true">{body}</process>'
    xml += f'<process id="q" isExecutable="true">{called}{flows("i", "ask", "s1", "j")}</process>'
    play = Play(file(xml), items=[2, 3])
    assert play.tasks == ["ask", "ask"]
    play.complete("ask", n=10).complete("ask", n=10)
    assert (play.tasks, sorted(play.execution.variables["results"])) == (["after"], [20, 30])


@pytest.mark.parametrize(("first", "rounds"), [(True, 2), (False, 0)])
def test_a_loop_may_be_tested_before_its_first_round(first: bool, rounds: int) -> None:
    loop = '<standardLoopCharacteristics testBefore="true" loopMaximum="9"><loopCondition>more.on</loopCondition>'
    again = task("userTask", "again", inner=f"{loop}</standardLoopCharacteristics>", formKey="f", variable="more")
    play = Play(
        model(START + again + user("after") + END + flows("start", "again", "after", "end")), more={"on": first}
    )
    for number in range(rounds):
        play.complete("again", on=number < rounds - 1)
    assert (play.tasks, play.kinds) == (["after"], [])


@pytest.mark.parametrize("sequential", [True, False])
def test_results_of_a_context_are_kept_by_their_keys(sequential: bool) -> None:
    each = script("each", "answer = item + 1", many("items", sequential=sequential))
    play = Play(
        model(START + each + user("after") + END + flows("start", "each", "after", "end")), items={"a": 1, "b": 2}
    )
    assert play.execution.variables["results"] == {"a": 2, "b": 3}


def test_instances_inside_instances_collect_theirs() -> None:
    inner = script("each", "answer = item2 * 2", many("item", output="row", each="item2"))
    inside = event("start", "i") + inner + event("end", "j") + flows("i", "each", "j")
    outer = sub("rows", inside, many("items", item="row"))
    # The row of an instance is its answer: the output item of the outer one is the output of the inner one.
    play = Play(model(START + outer + user("after") + END + flows("start", "rows", "after", "end")),
                items=[[1, 2], [3]])  # fmt: skip
    assert play.execution.variables["results"] == [[2, 4], [6]]
