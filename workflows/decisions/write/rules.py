"""The rows of a sheet as rules of a table. A rule that says what it said before is not touched."""

from dataclasses import dataclass

from workflows.decisions.sheets import DESCRIPTION, INPUT, NOTE, OUTPUT, SheetColumn, SheetRow, refused
from workflows.decisions.write.parts import Parts
from workflows.decisions.xml import Element, attribute, child, children

_ENTRIES = {INPUT: "inputEntry", OUTPUT: "outputEntry", NOTE: "annotationEntry"}
Known = tuple[Element, tuple[str, ...]]


@dataclass
class RuleWriter:
    """columns: of the sheet. origin: their places in the table before. known: its rules with their cells, those that
    were taken over left out."""

    parts: Parts
    table_id: str
    columns: tuple[SheetColumn, ...]
    origin: list[int | None]
    known: list[Known]

    def rule(self, row: SheetRow) -> Element:
        """The element for a row. Raises SheetRefused when its id belongs to something else."""
        found = next((one for one in self.known if self._is(one, row)), None)
        if found is None:
            return self._written(self._new(row), row)
        self.known.remove(found)
        element, cells = found
        self.parts.places[attribute(element, "id")] = (row.line, 0)
        if self.origin == list(range(len(cells))) and cells == row.cells:
            return element
        return self._written(element, row)

    def _is(self, known: Known, row: SheetRow) -> bool:
        """The rule of that id; for a row without an id, a rule without an id that says the same."""
        element, cells = known
        return attribute(element, "id") == row.id and (row.id != "" or cells == row.cells)

    def _new(self, row: SheetRow) -> Element:
        if row.id and row.id in self.parts.ids:
            raise refused(f'The id "{row.id}" is that of something else in the file. Empty it.', row.line, 0)
        element = self.parts.new("rule", row.id or f"{self.table_id}_rule_{row.line}")
        self.parts.places[attribute(element, "id")] = (row.line, 0)
        return element

    def _written(self, rule: Element, row: SheetRow) -> Element:
        entries = list(children(rule, *_ENTRIES.values()))
        for one in entries:
            rule.remove(one)
        for place, (text, column, at) in enumerate(zip(row.cells, self.columns, self.origin, strict=True), 1):
            if column.kind == DESCRIPTION:
                self._describe(rule, text)
            else:
                entry = entries[at] if at is not None and at < len(entries) else self.parts.new(_ENTRIES[column.kind])
                if column.kind != NOTE:
                    self.parts.placed(entry, f"{attribute(rule, 'id')}_{place}", (row.line, place))
                self.parts.say(entry, (text or "-") if column.kind == INPUT else text)
                rule.append(entry)
        return rule

    def _describe(self, rule: Element, text: str) -> None:
        found = child(rule, "description")
        if text and found is None:
            found = self.parts.new("description")
            rule.insert(0, found)
        if found is not None and text:
            found.text = text
        elif found is not None:
            rule.remove(found)
