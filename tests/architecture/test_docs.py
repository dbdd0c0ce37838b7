"""Pages that list what the code has say exactly that."""

import ast
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module

from store.errors import DomainError
from tests.architecture.tree import PACKAGES, ROOT, dotted, name, python_files, tree
from webapp.errors import status_of

TAG = re.compile(r"[a-z_]+:[a-z_]+")
ROW = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)


def listed(page: str) -> list[str]:
    """The first column of the page's tables."""
    return ROW.findall((ROOT / "docs" / page).read_text(encoding="utf-8"))


def _spoken(file_tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What a file's calls of audit.record may say: ("is", tag), ("begins", prefix)."""
    for node in ast.walk(file_tree):
        if isinstance(node, ast.Call) and dotted(node.func) in ("audit.record", "record") and node.args:
            yield from _tags(node.args[0], file_tree)


def _tags(tag: ast.expr, file_tree: ast.Module) -> Iterator[tuple[str, str]]:
    if isinstance(tag, ast.Constant):
        yield "is", str(tag.value)
    elif isinstance(tag, ast.IfExp):
        yield from _tags(tag.body, file_tree)
        yield from _tags(tag.orelse, file_tree)
    elif isinstance(tag, ast.JoinedStr):
        yield "begins", str(ast.literal_eval(tag.values[0]))
    else:
        # A name: the tags are what the file's other functions pass.
        texts = {node.value for node in ast.walk(file_tree) if isinstance(node, ast.Constant)}
        yield from (("is", text) for text in texts if isinstance(text, str) and TAG.fullmatch(text))


def test_the_page_of_audit_tags_lists_the_tags_of_the_code() -> None:
    page, found = listed("audit.md"), {one for file in python_files() for one in _spoken(tree(file))}
    exact, prefixes = {tag for how, tag in found if how == "is"}, {tag for how, tag in found if how == "begins"}
    assert exact - set(page) == set(), "add these to docs/audit.md"
    strange = [one for one in page if one not in exact and not one.startswith(tuple(prefixes))]
    assert strange == [], "these are recorded nowhere"
    assert [one for one in prefixes if not any(tag.startswith(one) for tag in page)] == []
    assert len(page) == len(set(page))


def _errors() -> dict[str, type[DomainError]]:
    """Every error of the product that has a code of its own."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            if not module.name.endswith("__main__") and ".migrations." not in module.name:
                import_module(module.name)
    import_module("config")
    found, waiting = {DomainError.code: DomainError}, [DomainError]
    while waiting:
        for one in waiting.pop().__subclasses__():
            waiting.append(one)
            if "code" in vars(one) and one.__module__.split(".")[0] in (*PACKAGES, "config"):
                found[one.code] = one
    return found


def test_the_page_of_errors_lists_the_errors_of_the_code() -> None:
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    page = dict(re.findall(r"^\| `([^`]+)` \| (\d+|–) \|", text, re.MULTILINE))
    found = _errors()
    assert sorted(set(found) - set(page)) == [], "add these to docs/errors.md"
    assert sorted(set(page) - set(found) - {"internal"}) == [], "these are raised nowhere"
    wrong = {
        code: status_of(error.__new__(error))
        for code, error in found.items()
        if page[code] not in ("–", str(status_of(error.__new__(error))))
    }
    assert wrong == {}, "another status is answered"


def test_pages_link_to_what_exists() -> None:
    missing = [
        f"{name(page)}: {target}"
        for page in (ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md"))
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert missing == []
