"""String functions (DMN 1.5 section 10.3.4.3). Positions count characters (code points) from 1, or back from -1."""

from decimal import Decimal

from workflows.feel.budget import Run, check_list, check_text
from workflows.feel.builtins.regex import compile_pattern, replacement_template
from workflows.feel.builtins.registry import builtin
from workflows.feel.errors import Trouble
from workflows.feel.text import to_text
from workflows.feel.values import Value


@builtin("string", "from: any")
def string(value: Value) -> str | None:
    return None if value is None else to_text(value)


@builtin("substring", "string: string", "start position: number", "length?: number")
def substring(text: str, start: Decimal, length: Decimal | None) -> str:
    first = int(start)
    if first == 0 or abs(first) > len(text) or (length is not None and length < 1):
        raise Trouble("argument", "The start position or length is outside the text.")
    begin = first - 1 if first > 0 else len(text) + first
    return text[begin:] if length is None else text[begin : begin + int(length)]


@builtin("string length", "string: string")
def string_length(text: str) -> Decimal:
    return Decimal(len(text))


@builtin("upper case", "string: string", needs_run=True)
def upper_case(run: Run, text: str) -> str:
    return _built(run, text.upper())


@builtin("lower case", "string: string", needs_run=True)
def lower_case(run: Run, text: str) -> str:
    return _built(run, text.lower())


def _built(run: Run, text: str) -> str:
    run.charge_text(len(text))
    return text


@builtin("substring before", "string: string", "match: string")
def substring_before(text: str, match: str) -> str:
    found = text.find(match)
    return text[:found] if found > 0 else ""


@builtin("substring after", "string: string", "match: string")
def substring_after(text: str, match: str) -> str:
    found = text.find(match)
    return text[found + len(match) :] if found >= 0 else ""


@builtin("contains", "string: string", "match: string")
def contains(text: str, match: str) -> bool:
    return match in text


@builtin("starts with", "string: string", "match: string")
def starts_with(text: str, match: str) -> bool:
    return text.startswith(match)


@builtin("ends with", "string: string", "match: string")
def ends_with(text: str, match: str) -> bool:
    return text.endswith(match)


@builtin("matches", "input: string", "pattern: string", "flags?: string", needs_run=True)
def matches(run: Run, text: str, pattern: str, flags: str | None) -> bool:
    return compile_pattern(run, pattern, flags, text).search(text) is not None


@builtin("replace", "input: string", "pattern: string", "replacement: string", "flags?: string", needs_run=True)
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None) -> str:
    compiled = compile_pattern(run, pattern, flags, text)
    if compiled.search("") is not None:
        raise Trouble("regex", "A pattern that matches nothing at all cannot be replaced.")
    template = replacement_template(replacement, compiled.groups, literal="q" in (flags or ""))
    pieces: list[str] = []
    length = position = 0
    for found in compiled.finditer(text):
        piece = text[position : found.start()] + template(found)
        length += len(piece)
        run.charge(2)
        check_text(length)
        pieces.append(piece)
        position = found.end()
    run.charge_text(length + len(text) - position)
    return "".join(pieces) + text[position:]


@builtin("split", "string: string", "delimiter: string", needs_run=True)
def split(run: Run, text: str, delimiter: str) -> list[str]:
    compiled = compile_pattern(run, delimiter, None, text)
    parts: list[str] = []
    position = 0
    for found in compiled.finditer(text):
        if found.end() == found.start():
            raise Trouble("regex", "A delimiter cannot be empty.")
        run.charge(2)
        check_list(len(parts) + 2)
        parts.append(text[position : found.start()])
        position = found.end()
    return [*parts, text[position:]]


@builtin("string join", "list: list", "delimiter?: string", needs_run=True)
def string_join(run: Run, items: list[Value], delimiter: str | None) -> str:
    words = [item for item in items if item is not None]
    if not all(isinstance(word, str) for word in words):
        raise Trouble("type", "Only strings can be joined.")
    texts = [str(word) for word in words]
    between = delimiter or ""
    run.charge_text(sum(len(text) for text in texts) + len(between) * len(texts))
    return between.join(texts)
