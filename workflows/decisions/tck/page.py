"""The result of a run of the kit as a page and as lines. The same results always give the same text."""

from collections import Counter
from collections.abc import Iterable, Sequence

from workflows.decisions.tck.run import FAILED, NOT_SUPPORTED, PASSED, FolderResult, Outcome
from workflows.decisions.xml import VERSIONS

_STATES = (PASSED, FAILED, NOT_SUPPORTED)
_HEAD = """\
# Conformance with DMN

This page is written by `countersign conformance dmn --write docs/conformance.md`; do not edit it by hand.

Decisions and FEEL are held against the public conformance kit of DMN (repository dmn-tck/tck). A test case passes when
every value it asks for is the value it expects; where the kit expects no value, a refusal with a reason counts as none.
What is run here is one half of the kit, every second folder of it.
"""
_LEVELS = {
    2: "Level 2: decision tables and simple expressions",
    3: "Level 3: all of FEEL and boxed expressions",
}
_RUNNING = """\
## How to run it

```
countersign conformance dmn [FOLDER]
```

FOLDER holds `compliance-level-2` and `compliance-level-3`, each with a folder per subject: a model (`.dmn`) and its
test cases (`*-test-*.xml`). Without FOLDER the one beside the repository is used, `../shared/data/dmn-tck`. Nothing is
downloaded, no database is needed, and the clock is fixed, so that every run gives the same page.
"""
_REASONS = {
    "An external function": "A model would run code of another language. It never does here: a model can only compute.",
    "A function in another language": "The same, written as a boxed function. The file is refused when it is saved.",
}


def summary(results: Sequence[FolderResult]) -> list[str]:
    """One line per folder, one per level."""
    lines = [f"{one.name:<46} {_counted(_totals([one]))}" for one in results]
    for level in sorted({one.level for one in results}):
        lines.append(f"{f'level {level}':<46} {_counted(_totals(_of_level(results, level)))}")
    return lines


def _counted(totals: Counter[str]) -> str:
    return ", ".join(f"{totals[state]} {state}" for state in _STATES if totals[state] or state == PASSED)


def _totals(results: Iterable[FolderResult]) -> Counter[str]:
    return Counter(outcome.state for one in results for outcome in one.outcomes)


def _of_level(results: Iterable[FolderResult], level: int) -> list[FolderResult]:
    return [one for one in results if one.level == level]


def page(results: Sequence[FolderResult]) -> str:
    """The page docs/conformance.md."""
    levels = sorted({one.level for one in results})
    parts = [_HEAD, "## Result\n\n" + _level_table(results, levels), _missing(results), _versions(results)]
    parts += [f"## {_LEVELS[level]}\n\n" + _folder_table(_of_level(results, level)) for level in levels]
    return "\n".join([*parts, _RUNNING])


def _level_table(results: Sequence[FolderResult], levels: Sequence[int]) -> str:
    rows = []
    for level in levels:
        totals = _totals(_of_level(results, level))
        rows.append([_LEVELS[level], len(_of_level(results, level)), *(totals[state] for state in _STATES)])
    totals = _totals(results)
    rows.append(["Together", len(results), *(totals[state] for state in _STATES)])
    return _table(["", "folders", *_STATES], rows)


def _folder_table(results: Sequence[FolderResult]) -> str:
    rows = [[one.name, one.version, *(one.count(state) for state in _STATES)] for one in results]
    return _table(["folder", "DMN", *_STATES], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def _missing(results: Sequence[FolderResult]) -> str:
    left = [outcome for one in results for outcome in one.outcomes if outcome.state != PASSED]
    if not left:
        return "## Not passed\n\nNothing.\n"
    reasons = sorted({one.reason for one in left if one.reason})
    told = "".join(f"- **{reason}**: {_REASONS.get(reason, 'It is refused by name.')}\n" for reason in reasons)
    return "## Not passed\n\n" + _table(["test case", "", "feature"], [_left(one) for one in left]) + "\n" + told


def _left(outcome: Outcome) -> list[str]:
    return [f"`{outcome.case.key}`", outcome.state, outcome.reason]


def _versions(results: Sequence[FolderResult]) -> str:
    used = Counter(one.version for one in results)
    met = ", ".join(f"{version} in {count} folders" for version, count in sorted(used.items()))
    known = ", ".join(sorted(VERSIONS.values()))
    return (
        f"## Versions\n\nModels of DMN {known} are read, each as it is written; other versions are refused by name.\n"
        f"The models of the kit are of DMN {met}.\n"
    )
