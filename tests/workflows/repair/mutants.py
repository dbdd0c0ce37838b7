"""Broken models, made from whole ones: what is dropped, doubled, renamed, moved and misdirected."""

# mypy: disable-error-code="import-untyped"
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from lxml import etree

from tests.workflows.repair.corpus import ENGINE, OWN, data_of
from workflows.model.names import FLOW_NODES, bpmn
from workflows.model.xml import MAX_DEPTH

TAGS = [bpmn(one) for one in sorted(FLOW_NODES | {"sequenceFlow", "lane", "dataObject", "process", "message"})]
VALUES = ["", " ", "a:b", "#", "true", "R/P1D", "${", "x" * 5000, "nowhere", "1e999", "\N{PILE OF POO}", "'\"]<"]
Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def mutants(draw: Draw, most: int = 6) -> bytes:
    """A model after some mutations."""
    root = etree.fromstring(data_of(draw(st.sampled_from([*OWN, *ENGINE]))))
    for _ in range(draw(st.integers(1, most))):
        nodes = [one for one in root.iter() if isinstance(one.tag, str)]
        if len(nodes) > 1:
            _MUTATIONS[draw(st.integers(0, len(_MUTATIONS) - 1))](draw, nodes)
    return bytes(etree.tostring(root))


def _one(draw: Draw, nodes: list[Any]) -> Any:
    return nodes[draw(st.integers(1, len(nodes) - 1))]


def _drop(draw: Draw, nodes: list[Any]) -> None:
    one = _one(draw, nodes)
    one.getparent().remove(one)


def _double(draw: Draw, nodes: list[Any]) -> None:
    one = _one(draw, nodes)
    if len(nodes) < 600:
        one.addnext(etree.fromstring(etree.tostring(one, with_tail=False)))


def _rename(draw: Draw, nodes: list[Any]) -> None:
    _one(draw, nodes).tag = draw(st.sampled_from(TAGS))


def _move(draw: Draw, nodes: list[Any]) -> None:
    one, other = _one(draw, nodes), _one(draw, nodes)
    depth = sum(1 for _ in other.iterancestors()) + max(sum(1 for _ in each.iterancestors()) for each in one.iter())
    if one is not other and one not in other.iterancestors() and depth < MAX_DEPTH:
        other.append(one)


def _lose_attribute(draw: Draw, nodes: list[Any]) -> None:
    one = _one(draw, nodes)
    if one.attrib:
        del one.attrib[draw(st.sampled_from(sorted(one.attrib)))]


def _misdirect(draw: Draw, nodes: list[Any]) -> None:
    """An attribute, the id among them, gets a value of somewhere else."""
    one, other = _one(draw, nodes), _one(draw, nodes)
    if one.attrib:
        value = draw(st.sampled_from([other.get("id") or "", *VALUES]))
        one.set(draw(st.sampled_from(sorted(one.attrib))), value)


def _write(draw: Draw, nodes: list[Any]) -> None:
    other = _one(draw, nodes)
    _one(draw, nodes).text = draw(st.sampled_from([other.get("id") or "", other.text or "", *VALUES]))


_MUTATIONS = (_drop, _double, _rename, _move, _lose_attribute, _misdirect, _write)
