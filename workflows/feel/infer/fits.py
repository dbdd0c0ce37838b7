"""Can values of one type be had as another? The implicit conversions of DMN 1.5 section 10.3.2.9.4 included."""

from workflows.feel.infer.types import is_free
from workflows.feel.types import ANY, FeelType


def fits(kind: FeelType, wanted: FeelType) -> bool | None:
    """Can values of a type be had as the wanted type, conversions included? None when it depends on the data."""
    if wanted.name == "Any" and wanted.allowed is None:
        return True
    exact = _is(kind, wanted)
    if exact is not False:
        return exact
    if wanted.name == "list" and kind.name != "list":
        return _is(kind, wanted.item or ANY)
    if kind.name == "list" and wanted.name != "list":
        return None if _is(kind.item or ANY, wanted) is not False else False
    return wanted.name == "date and time" and kind.name == "date"


def _is(kind: FeelType, wanted: FeelType) -> bool | None:
    """The same without conversions."""
    if wanted.name == "Any":
        return True if wanted.allowed is None else None
    if is_free(kind):
        return None
    if kind.name != wanted.name:
        return False
    verdicts = {None if wanted.allowed is not None else True, *_parts(kind, wanted)}
    return False if False in verdicts else None if None in verdicts else True


def _parts(kind: FeelType, wanted: FeelType) -> set[bool | None]:
    if wanted.item is not None:
        inner = _is(kind.item or ANY, wanted.item)
        return {inner} if inner is not False or kind.name == "range" else {None}  # An empty list is of every type.
    if wanted.fields is not None:
        known = kind.fields
        if known is None:
            return {None}
        return {_is(known[name], part) if name in known else False for name, part in wanted.fields.items()}
    return {None} if wanted.parameters is not None else set()
