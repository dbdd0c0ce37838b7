"""Sentences about types that do not meet: what each side is, and what to write instead."""

from decimal import Decimal, InvalidOperation

from workflows.feel import nodes as n
from workflows.feel.errors import Trouble
from workflows.feel.infer.types import for_types, words
from workflows.feel.temporal import read_date, read_datetime, read_duration, read_time
from workflows.feel.text import to_text
from workflows.feel.types import FeelType

MAX_SHOWN = 40
_READERS = {"date": read_date, "time": read_time, "date and time": read_datetime}


def name_of(node: n.Node, otherwise: str) -> str:
    """The part as it is written, when it is short; else the words for it."""
    if isinstance(node, n.Literal):
        return _shown(node)
    if isinstance(node, n.Call) and isinstance(node.function, n.Name):
        return f"{node.function.name}( … )"
    parts: list[str] = []
    while isinstance(node, n.Path):
        parts.append(node.name)
        node = node.target
    if isinstance(node, n.Name):
        first = "the tested value" if node.name == "?" else node.name
        return ".".join((first, *reversed(parts)))[:MAX_SHOWN]
    return otherwise


def _shown(node: n.Literal) -> str:
    text = to_text([node.value])[1:-1]
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"


def mismatch(left: tuple[n.Node, FeelType], right: tuple[n.Node, FeelType]) -> str:
    """Why two sides cannot be compared, and the way out. Each side: the part and its type."""
    (one, kind), (other, other_kind) = left, right
    first, second = name_of(one, "the left side"), name_of(other, "the right side")
    advice = literal_advice(other, kind) or literal_advice(one, other_kind) or for_types(kind, other_kind)
    return f"{capital(first)} is {words(kind)}, but {second} is {words(other_kind)}. {advice}"


def capital(sentence: str) -> str:
    """Starts like a sentence, unless it starts with a name as the author wrote it."""
    return sentence[0].upper() + sentence[1:] if sentence.startswith("the ") else sentence


def literal_advice(node: n.Node, wanted: FeelType) -> str:
    """How a constant is written as the wanted type; "" when it is none or cannot be."""
    if not isinstance(node, n.Literal):
        return ""
    value = node.value
    if wanted.name == "string" and isinstance(value, Decimal | bool):
        return f'Write "{to_text(value)}" in double quotes.'
    if not isinstance(value, str):
        return ""
    if wanted.name == "number":
        return f"Write {value.strip()} without quotes." if _is_number(value) else ""
    if wanted.name == "boolean":
        word = value.strip().lower()
        return f"Write {word if word in ('true', 'false') else 'true or false'} without quotes."
    return _temporal_advice(value, wanted)


def _is_number(text: str) -> bool:
    try:
        return Decimal(text.strip()).is_finite()
    except InvalidOperation:
        return False


def _temporal_advice(value: str, wanted: FeelType) -> str:
    duration = wanted.name.endswith("duration")
    reader = read_duration if duration else _READERS.get(wanted.name)
    if reader is None:
        return ""
    try:
        reader(value)
    except Trouble:
        return ""
    return f'Write {"duration" if duration else wanted.name}("{value}").'
