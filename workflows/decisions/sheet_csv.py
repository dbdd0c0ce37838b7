"""Sheets as CSV for spreadsheets, and back (RFC 4180, UTF-8 with a byte order mark, separated by , ; or tab).

The first column says what a line is. After the line `rule id` every line is a rule. A cell that a spreadsheet would
take for a formula gets an apostrophe in front, which is taken off again when it is read.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from workflows.decisions.sheets import (
    INPUT,
    KINDS,
    OUTPUT,
    Sheet,
    SheetColumn,
    SheetProblem,
    SheetRefused,
    SheetRow,
    letters,
    plain,
    refused,
)

MAX_BYTES = 2_000_000
SEPARATORS = (",", ";", "\t")
_DANGEROUS = tuple("=+-@'\t\r\n＝＋－＠")
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ID = re.compile(r"[^\W\d][\w.-]*")
_ATTRIBUTES = {
    "column kind": "kind",
    "column id": "id",
    "column label": "label",
    "column expression": "expression",
    "column type": "type",
    "allowed values": "allowed",
    "default output": "default",
    "fail closed": "fail_closed",
    "strictest first": "strictest_first",
}
_ALWAYS = ("column kind", "column expression")
_TABLE = ("decision id", "decision name", "hit policy", "gate")
_FIRST, _LAST = "decision id", "rule id"
_YES = {"yes": True, "": False, "no": False}


def to_csv(sheet: Sheet, separator: str = ",") -> bytes:
    """The file that a spreadsheet opens."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    first = (sheet.decision_id, sheet.decision_name, sheet.policy, _yes(sheet.gate))
    for label, text in zip(_TABLE, first, strict=True):
        writer.writerow([label, guarded(text)])
    for label, name in _ATTRIBUTES.items():
        texts = [_text(column, name) for column in sheet.columns]
        if label in _ALWAYS or any(texts):
            writer.writerow([label, *map(guarded, texts)])
    writer.writerow([_LAST, *(guarded(column.heading) for column in sheet.columns)])
    for row in sheet.rows:
        writer.writerow([guarded(row.id), *map(guarded, row.cells)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _text(column: SheetColumn, name: str) -> str:
    texts: Mapping[str, str] = {
        "kind": column.kind,
        "id": column.id,
        "label": column.label,
        "expression": column.expression,
        "type": column.type,
        "allowed": column.allowed,
        "default": column.default,
        "fail_closed": column.fail_closed,
        "strictest_first": _yes(column.strictest_first),
    }
    return texts[name]


def _yes(answer: bool) -> str:
    return "yes" if answer else ""


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return "'" + text if text.lstrip(" ").startswith(_DANGEROUS) else text


def unguarded(text: str) -> str:
    """What the text was before."""
    return text.removeprefix("'")


def from_csv(data: bytes) -> Sheet:
    """Raises SheetRefused with everything that is wrong; FEEL is not looked at here."""
    lines = _lines(_decoded(data))
    at = next((place for place, (_, cells) in enumerate(lines) if cells[0] == _LAST), None)
    if at is None:
        raise refused(f'No line starts with "{_LAST}". Export a table to see how a sheet looks.')
    head = _head(lines[:at])
    columns = _columns(head)
    problems: list[SheetProblem] = []
    rows = [_row(number, cells, columns, problems) for number, cells in lines[at + 1 :]]
    problems += _repeated(rows)
    if problems:
        raise SheetRefused(problems)
    return Sheet(
        decision_id=_single(head, "decision id"),
        decision_name=_single(head, "decision name"),
        policy=_single(head, "hit policy") or "UNIQUE",
        gate=_answer(head, "gate", 1, _single(head, "gate")),
        columns=columns,
        rows=tuple(rows),
    )


# -- the file


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise refused(f"The file is larger than {MAX_BYTES} bytes. Split the table.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused('The file is not UTF-8. Save it as "CSV UTF-8".') from None
    return re.sub(r"\Asep=.\r?\n", "", text)


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Number and cells of every line that is not empty."""
    found = re.match(rf'"?{_FIRST}"?([,;\t])', text)
    if found is None:
        raise refused(f'The first line does not start with "{_FIRST}". Export a table to see how a sheet looks.', 1)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=found[1], strict=True)
    lines: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if any(cell.strip() for cell in cells):
                lines.append((number, [cells[0].strip(), *cells[1:]]))
    except csv.Error:
        raise refused("The line cannot be read: check its quotation marks.", number + 1) from None
    return lines


Head = dict[str, tuple[int, list[str]]]


def _head(lines: Iterable[tuple[int, list[str]]]) -> Head:
    found: Head = {}
    for number, (label, *cells) in lines:
        if label not in (*_TABLE, *_ATTRIBUTES):
            raise refused(f'"{label}" is not known here. Rules come after the line "{_LAST}".', number, 0)
        if label in found:
            raise refused(f'"{label}" is there twice. Remove one.', number, 0)
        found[label] = (number, [unguarded(cell).strip() for cell in cells])
    missing = [label for label in ("column kind", "column expression") if label not in found]
    if missing:
        raise refused(f'The line "{missing[0]}" is missing. Export a table to see how a sheet looks.')
    return found


def _single(head: Head, label: str) -> str:
    cells = head.get(label, (0, []))[1]
    return cells[0] if cells else ""


def _columns(head: Head) -> tuple[SheetColumn, ...]:
    number, kinds = head["column kind"]
    while kinds and not kinds[-1]:
        kinds = kinds[:-1]
    for place, kind in enumerate(kinds, 1):
        if kind not in KINDS:
            raise refused(f'A column is one of {", ".join(KINDS)}; "{kind}" is none.', number, place)
    if sorted(kinds, key=KINDS.index) != kinds:
        raise refused(f"Columns come in the order {', '.join(KINDS)}. Move them.", number)
    if OUTPUT not in kinds or INPUT not in kinds:
        raise refused("A table has at least one input and one output.", number)
    columns = [SheetColumn(kind) for kind in kinds]
    for label, name in _ATTRIBUTES.items():
        line, cells = head.get(label, (0, []))
        for place, cell in enumerate(cells):
            if place < len(columns):
                text = _checked(cell, line, place)
                value = _answer(head, label, place + 1, text) if name == "strictest_first" else text
                columns[place] = replace(columns[place], **{name: value})  # type: ignore[arg-type]
            elif cell:
                raise refused("The cell is in no column. Name its kind, or empty it.", line, place + 1)
    return tuple(columns)


def _answer(head: Head, label: str, column: int, text: str) -> bool:
    if text.lower() not in _YES:
        raise refused(f'"{label}" is yes or empty, not "{text}".', head[label][0], column)
    return _YES[text.lower()]


def _checked(text: str, line: int, place: int) -> str:
    if _UNWRITABLE.search(text):
        raise refused("The cell has a character that no DMN file can hold. Remove it.", line, place + 1)
    return text


# -- the rules


def _row(number: int, cells: list[str], columns: tuple[SheetColumn, ...], problems: list[SheetProblem]) -> SheetRow:
    def refuse(place: int | None, reason: str) -> None:
        problems.append(SheetProblem(number, None if place is None else letters(place), reason))

    rule_id, given = unguarded(cells[0]).strip(), cells[1:]
    if rule_id and not _ID.fullmatch(rule_id):
        refuse(0, "An id has letters, digits, _, - and . only, and no digit in front. Empty it for a new rule.")
    for place, cell in enumerate(given[len(columns) :], len(columns) + 1):
        if cell.strip():
            refuse(place, "The cell is in no column. Empty it.")
    if len(given) < len(columns):
        refuse(None, f"The rule has {len(given)} cells, the table {len(columns)} columns. Fill it up.")
    texts = []
    for place, (cell, column) in enumerate(zip(given, columns, strict=False), 1):
        text = _cell(unguarded(cell), column)
        if _UNWRITABLE.search(text):
            refuse(place, "The cell has a character that no DMN file can hold. Remove it.")
        if column.kind == OUTPUT and not text:
            refuse(place, "An output cannot be empty. Write null for nothing.")
        texts.append(text)
    return SheetRow(rule_id, tuple(texts), number)


def _cell(text: str, column: SheetColumn) -> str:
    """Spreadsheets write true as TRUE; FEEL means a name by that."""
    if column.kind not in (INPUT, OUTPUT):
        return text
    text = text.strip()
    text = text.lower() if text in ("TRUE", "FALSE") else text
    return plain(text) if column.kind == INPUT else text


def _repeated(rows: Iterable[SheetRow]) -> list[SheetProblem]:
    seen: dict[str, int] = {}
    found = []
    for row in rows:
        first = seen.setdefault(row.id, row.line) if row.id else row.line
        if first != row.line:
            reason = f'The id "{row.id}" is that of row {first} too. Empty it for a new rule.'
            found.append(SheetProblem(row.line, "A", reason))
    return found
