"""Hostile inputs by chance, the same ones for the same seed: expressions, cells, scripts, patterns and DMN files."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import workflows
from tests.workflows.decisions import test_hostile
from tests.workflows.decisions.build import definitions
from tests.workflows.feel.hostile import CONTEXT, PATTERNS, READING, RUNNING
from workflows.feel import builtin_names

BUILTINS = sorted(builtin_names() - {"now", "today"})
LEAVES = [
    *CONTEXT, "1", "-2", "0", "1e6000", "-1e-6000", "0.1", '"a"', '""', '"\\uD83D\\uDE00"', "null", "true", "false",
    "[]",
    "{}", "[1..5]", "(1..9999)", "1..9999", "?", "item", "partial", "i", 'duration("P1M")', 'duration("P999999999D")',
    '@"9999-12-31"', '@"2026-03-29T02:30:00@Europe/Berlin"', '@"10:00:00Z"', '@"-P1Y"', '"(a+)+b"', '"\\\\p{L}+"',
    "a.b",
    "__class__", "xs.__class__", "s.mro", "(< 5)", "function(x) x", "function(x, y) x < y", '"%s{0.__class__}"',
]  # fmt: skip
INFIX = ["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", " and ", " or ", " in "]
TYPES = ["number", "string", "list<number>", "context<a: Any>", "function<number> -> number", "range<date>", "Any"]
ODD = ["\x00", "\u202e", "\u200b", "\ufeff", "\ud800", "\U0001f600", "a\u0301", "\\", '"', "/*", "//", "*/", "\n",
       "]" * 30,       "(" * 60, "[" * 60, "{a:" * 40, "not(" * 40, "1e99999", "@", "..", "..."]  # fmt: skip
ATOMS = [
    "a",
    "b",
    ".",
    "[ab]",
    "[^a]",
    r"\d",
    r"\w",
    r"\s",
    r"\p{L}",
    r"\i",
    "^",
    "$",
    r"\1",
    r"\2",
    "[a-z-[b]]",
    "|",
    "x",
    " ",
]
REPEATS = ["", "", "*", "+", "?", "{2}", "{0,9}", "{3,}", "{1000}", "*?", "+?", "??", "{2,5}?", "{,3}", "**"]


def expression(random: Random, depth: int = 5) -> str:
    """Mostly well-formed."""
    if depth == 0 or random.random() < 0.15:
        return random.choice(LEAVES)
    shape = random.choice(_SHAPES)
    return shape(random, lambda: expression(random, depth - 1))


Part = Callable[[], str]


def _call(random: Random, part: Part) -> str:
    return f"{random.choice(BUILTINS)}({', '.join(part() for _ in range(random.randint(0, 4)))})"


_SHAPES: list[Callable[[Random, Part], str]] = [
    _call,
    _call,
    _call,
    lambda random, part: f"({part()}{random.choice(INFIX)}{part()})",
    lambda random, part: f"({part()}{random.choice(INFIX)}{part()})",
    lambda random, part: f"{part()}[{part()}]",
    lambda random, part: f"[{', '.join(part() for _ in range(random.randint(0, 4)))}]",
    lambda random, part: f"[{part()}..{part()}]",
    lambda random, part: f"for i in {part()} return {part()}",
    lambda random, part: f"for i in {part()}, j in {part()} return {part()}",
    lambda random, part: f"for i in {part()}..{part()} return {part()}",
    lambda random, part: f"(some i in {part()} satisfies {part()})",
    lambda random, part: f"(every i in {part()} satisfies {part()})",
    lambda random, part: f"(if {part()} then {part()} else {part()})",
    lambda random, part: f"{{a: {part()}, b: {part()}}}",
    lambda random, part: f"{{a: {part()}, b: a}}.b",
    lambda random, part: f"(function(x, y) {part()})({part()}, {part()})",
    lambda random, part: f"{{f: function(g, x) {part()}, r: f(f, {part()})}}.r",
    lambda random, part: f"-({part()})",
    lambda random, part: f"({part()}).{random.choice(['year', 'days', 'a', 'start', 'time offset', '__class__'])}",
    lambda random, part: f"({part()} instance of {random.choice(TYPES)})",
    lambda random, part: f"({part()} between {part()} and {part()})",
    lambda random, part: f"({part()} in ({part()}, < {part()}))",
]


def mangled(random: Random, text: str) -> str:
    """A text with a few places cut, doubled, moved or replaced."""
    for _ in range(random.randint(1, 4)):
        at, size = random.randint(0, len(text)), random.choice([1, 1, 2, 5, 20, 200])
        piece = text[at : at + size]
        text = random.choice(
            [
                text[:at] + text[at + size :],
                text[:at] + piece * random.choice([2, 3, 50]) + text[at + size :],
                text[:at] + random.choice(ODD) + text[at:],
                text[:at] + random.choice(LEAVES) + text[at + size :],
                text[at:] + text[:at],
            ]
        )[:12_000]
    return text


def any_text(random: Random) -> str:
    """An expression, a mangled one, or a mangled one of the hostile collection."""
    kind = random.random()
    if kind < 0.55:
        return expression(random, random.randint(1, 7))
    if kind < 0.75:
        return mangled(random, expression(random))
    return mangled(random, random.choice(_COLLECTION))


_COLLECTION = [*RUNNING.values(), *READING.values()]


def pattern(random: Random, depth: int = 3) -> str:
    """A regular expression, not always a valid one."""
    parts: list[str] = []
    for _ in range(random.randint(1, 5)):
        grouped = depth and random.random() < 0.4
        inner = random.choice(["({})", "(?:{})"]).replace("{}", pattern(random, depth - 1)) if grouped else ""
        parts.append((inner or random.choice(ATOMS)) + random.choice(REPEATS))
    return "".join(parts) if random.random() < 0.95 else random.choice(list(PATTERNS.values()))[0]


def subject(random: Random) -> str:
    """What a pattern is held against."""
    return random.choice(
        ["", "a", "ab" * random.randint(1, 50), "a" * random.choice([30, 3_000, 90_000]) + "!", "a\nb\n" * 99]
    )


def _own_models() -> list[bytes]:
    folder = Path(workflows.__file__).parent / "bpmn"
    return [file.read_bytes() for file in sorted(folder.rglob("*.dmn"))] + [
        xml for content in test_hostile.MODELS.values() if len(xml := definitions(content)) < 60_000
    ]


OWN_MODELS = _own_models()


def model(random: Random) -> bytes:
    """A DMN file with some of its texts replaced, or mangled as bytes."""
    text = random.choice(OWN_MODELS).decode()
    if random.random() < 0.3:
        return mangled_file(random, text).encode("utf-8", "replace")
    for _ in range(random.randint(1, 6)):
        found = text.count("<text>")
        if not found:
            break
        before, _, after = text.partition("<text>") if random.random() < 0.3 else _at(text, random.randrange(found))
        _, _, rest = after.partition("</text>")
        text = f"{before}<text>{_escaped(any_text(random)[:300])}</text>{rest}"
    return text.encode("utf-8", "replace")


def _at(text: str, number: int) -> tuple[str, str, str]:
    pieces = text.split("<text>")
    return "<text>".join(pieces[: number + 1]), "", "<text>".join(pieces[number + 1 :])


def _escaped(text: str) -> str:
    return "".join(one for one in text if one >= " ").replace("&", "&amp;").replace("<", "&lt;")


def mangled_file(random: Random, text: str) -> str:
    """Pieces of the file cut out, doubled or moved elsewhere; words of it exchanged."""
    for _ in range(random.randint(1, 5)):
        start, size = random.randint(0, len(text)), random.choice([1, 5, 50, 500])
        piece, other = text[start : start + size], random.randint(0, len(text))
        text = random.choice(
            [
                text[:start] + text[start + size :],
                text[:other] + piece + text[other:],
                text.replace(random.choice(["UNIQUE", "inputEntry", "decision", "number", "string", 'id="']),
                             random.choice(["ANY", "outputEntry", "context", "date", "list", "", "COLLECT"])),
            ]
        )[:100_000]  # fmt: skip
    return text
