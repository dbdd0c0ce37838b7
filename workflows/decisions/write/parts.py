"""What writing columns and rules share: ids, texts, and where each piece of the file came from in the sheet."""

from dataclasses import dataclass, field

from lxml import etree  # type: ignore[import-untyped]

from workflows.decisions.sheets import SheetColumn
from workflows.decisions.xml import Element, attribute, child

_ORDER = ("description", "extensionElements", "inputExpression", "inputValues", "outputValues", "defaultOutputEntry")


@dataclass
class Parts:
    """namespace: of the model. ids: all that are taken. places: id of what was written -> line and column of the sheet,
    0 where it has none."""

    namespace: str
    ids: set[str]
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def new(self, name: str, wanted: str = "") -> Element:
        """An element of the model, with an id of its own when one is wanted."""
        made = etree.Element(etree.QName(self.namespace, name))
        if wanted:
            made.set("id", self._free(wanted))
        return made

    def placed(self, element: Element, wanted: str, place: tuple[int, int]) -> None:
        """Note where an element came from; give it an id for that when it has none."""
        if not attribute(element, "id"):
            element.set("id", self._free(wanted))
        self.places[attribute(element, "id")] = place

    def _free(self, wanted: str) -> str:
        found, number = wanted, 1
        while found in self.ids:
            number += 1
            found = f"{wanted}_{number}"
        self.ids.add(found)
        return found

    def say(self, element: Element, text: str) -> None:
        """Its text, left alone when it says the same already."""
        holder = child(element, "text")
        if holder is None:
            holder = self.new("text")
            element.append(holder)
        if (holder.text or "").strip() != text.strip():
            holder.text = text

    def part(self, parent: Element, name: str, text: str, place: tuple[int, int]) -> Element:
        """A child with a text; none at all for an empty one."""
        found = child(parent, name)
        if not text:
            if found is not None:
                parent.remove(found)
            return found
        if found is None:
            found = self.new(name)
            parent.append(found)
        self.placed(found, f"{attribute(parent, 'id')}_{name}", place)
        self.say(found, text)
        return found


def set_attribute(element: Element, name: str, value: str) -> None:
    """An attribute; none at all for an empty text."""
    if value:
        element.set(name, value)
    elif name in element.attrib:
        del element.attrib[name]


def put_in_order(clause: Element) -> None:
    """The parts of a clause in the order of the schema."""

    def rank(one: Element) -> int:
        name = etree.QName(one).localname if isinstance(one.tag, str) else ""
        return _ORDER.index(name) if name in _ORDER else -1

    clause[:] = sorted(clause, key=rank)


def origins(new: tuple[SheetColumn, ...], old: list[SheetColumn]) -> list[int | None]:
    """For each column its place in the table before: by id, else by what it reads or is called. None for a new one."""
    found: list[int | None] = [None] * len(new)
    for same in (_same_id, _same_text):
        for place, column in enumerate(new):
            if found[place] is None:
                fitting = (at for at, one in enumerate(old) if at not in found and same(one, column))
                found[place] = next(fitting, None)
    return found


def _same_id(one: SheetColumn, other: SheetColumn) -> bool:
    return one.kind == other.kind and bool(one.id) and one.id == other.id


def _same_text(one: SheetColumn, other: SheetColumn) -> bool:
    if one.kind != other.kind or (one.id and other.id):
        return False
    return (one.expression or one.label) == (other.expression or other.label)
