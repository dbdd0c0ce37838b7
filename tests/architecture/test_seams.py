"""What may be done in one place only."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import dotted, imports, name, python_files, tree

Finds = Callable[[ast.AST], bool]


def _places(finds: Finds, allowed: tuple[str, ...]) -> list[str]:
    return [
        f"{name(file)}:{getattr(node, 'lineno', 0)}"
        for file in python_files()
        if not name(file).startswith(allowed)
        for node in _nodes(file)
        if finds(node)
    ]


def _nodes(file: Path) -> Iterator[ast.AST]:
    yield from ast.walk(tree(file))


def _calls(*names: str) -> Finds:
    return lambda node: isinstance(node, ast.Call) and dotted(node.func) in names


def _uses(*names: str) -> Finds:
    """A name reached by attribute or import, at any depth below it."""

    def finds(node: ast.AST) -> bool:
        reached = [dotted(node)] if isinstance(node, ast.Attribute) else imports(node)
        return any(one == wanted or one.startswith(f"{wanted}.") for one in reached for wanted in names)

    return finds


def _ends_transaction(node: ast.AST) -> bool:
    """A savepoint is no transaction: what is called `savepoint` may be released or undone."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("commit", "rollback")
        and dotted(node.func.value) != "savepoint"
    )


@pytest.mark.parametrize(
    ("what", "finds", "allowed"),
    [
        ("a transaction ends in one file", _ends_transaction, ("store/transaction.py",)),
        ("the environment is read at the door", _uses("os.environ", "os.getenv", "os.putenv"), ("config.py", "run")),
        (
            "time has one source",
            _uses("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns",
                  "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.date.today"),
            ("store/clock.py", "store/ids.py"),
        ),
        (
            "chance has one source",
            _uses("random", "secrets", "uuid.uuid1", "uuid.uuid3", "uuid.uuid4", "uuid.uuid5"),
            ("store/ids.py", "store/crypto.py"),
        ),
        ("no text becomes code", _calls("eval", "exec", "compile", "__import__"), ()),
        ("nothing is unpickled", _uses("pickle", "marshal", "shelve", "yaml.load"), ()),
        ("programs are started at the edge", _uses("subprocess", "os.system", "os.popen"),
         ("run", "store/apart.py", "store/embedded.py", "webapp/cli/", "bench/")),
        ("jobs are deferred through store.jobs", _uses("procrastinate"), ("store/jobs.py", "store/queue_schema.py")),
    ],
)  # fmt: skip
def test_is_done_in_one_place(what: str, finds: Finds, allowed: tuple[str, ...]) -> None:
    assert _places(finds, allowed) == [], what
