"""The files of one model: what imports what, and how one file names the elements of another (DMN 1.5 section 6.3.3).

Elements of the file that is read keep their ids; those of an imported one are known as "<namespace>#<id>".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from workflows.decisions.errors import DecisionModelRefused
from workflows.decisions.findings import Finding
from workflows.decisions.xml import MAX_BYTES, NAMESPACES, Element, attribute, children, parse

MAX_FILES = 50
MAX_TOTAL = 5 * MAX_BYTES
_MODEL_TYPES = NAMESPACES | {"http://www.omg.org/spec/DMN/20151101/dmn.xsd"}  # older files keep the type they had


@dataclass(slots=True, eq=False)
class Module:
    """One file. qualifier: what its ids start with. imports: name ("" for none) and file, as the file lists them."""

    root: Element
    namespace: str
    qualifier: str
    imports: list[tuple[str, "Module"]] = field(default_factory=list)

    def qualified(self, href: str) -> str:
        """The id that an href stands for, seen from this file."""
        namespace, _, element_id = href.rpartition("#")
        if namespace in ("", self.namespace):
            return self.qualifier + element_id
        return f"{namespace}#{element_id}"

    def path_to(self, reference: str) -> tuple[str, ...]:
        """The names under which this file sees an element of another, outermost first; () for its own."""
        namespace, _, _ = reference.rpartition("#")
        waiting: list[tuple[tuple[str, ...], Module]] = [((), self)]
        seen = {self.namespace}
        for path, module in waiting:
            if module.qualifier == (f"{namespace}#" if namespace else ""):
                return path
            for name, one in module.imports:
                if one.namespace not in seen:
                    seen.add(one.namespace)
                    waiting.append(((*path, name) if name else path, one))
        return ()


def arrange(root: Element, others: Sequence[bytes]) -> tuple[list[Module], list[Finding]]:
    """The file and all it imports, directly or not: imported ones first, the file itself last."""
    shelf = _Shelf(others)
    shelf.place(Module(root, attribute(root, "namespace"), ""), ())
    return shelf.placed, shelf.findings


def _problem(element: Element, namespace: str, path: tuple[str, ...], root: Element | None) -> str:
    """Why an import cannot be followed, "" when it can. path: the files that import each other on the way here."""
    name = attribute(element, "name")
    if attribute(element, "importType") not in _MODEL_TYPES:
        return f'"{name}" is no DMN model. Only DMN models can be imported; remove it.'
    if namespace in path:
        return f'"{name}" imports this file in turn. Break the circle.'
    return "" if root is not None else f'The imported file "{name}" ({namespace}) is not there. Add it beside this one.'


class _Shelf:
    """The files that were given, by namespace, and those that were placed in order."""

    def __init__(self, others: Sequence[bytes]) -> None:
        self.placed: list[Module] = []
        self.findings: list[Finding] = []
        self._roots: dict[str, Element] = {}
        self._modules: dict[str, Module] = {}
        self._given = others
        self._opened = False

    def place(self, module: Module, path: tuple[str, ...]) -> None:
        """Put a module behind everything it imports."""
        for element in children(module.root, "import"):
            imported = self._imported(element, (*path, module.namespace))
            if imported is not None:
                module.imports.append((" ".join(attribute(element, "name").split()), imported))
        self.placed.append(module)

    def _imported(self, element: Element, path: tuple[str, ...]) -> Module | None:
        namespace = attribute(element, "namespace")
        known = self._modules.get(namespace)
        if known is not None:
            return known
        root = self._root(namespace)
        problem = _problem(element, namespace, path, root)
        if problem or root is None:
            self._complain(problem, element)
            return None
        module = self._modules[namespace] = Module(root, namespace, f"{namespace}#")
        self.place(module, path)
        return module

    def _root(self, namespace: str) -> Element | None:
        """The file of a namespace. Files that are not imported are only looked at for their namespace."""
        if not self._opened:
            self._opened = True
            self._open()
        return self._roots.get(namespace)

    def _open(self) -> None:
        if len(self._given) > MAX_FILES or sum(len(xml) for xml in self._given) > MAX_TOTAL:
            told = f"More than {MAX_FILES} files or {MAX_TOTAL} bytes are given beside this one."
            self._complain(f"{told} Give only those it imports.")
            return
        for xml in self._given:
            try:
                root = parse(xml)
            except DecisionModelRefused:
                continue  # a broken file tells its own story when it is read itself
            namespace = attribute(root, "namespace")
            if namespace in self._roots:
                self._complain(f"Two of the given files have the namespace {namespace}. Give each its own.")
            self._roots[namespace] = root

    def _complain(self, message: str, element: Element | None = None) -> None:
        place = attribute(element, "id") if element is not None else ""
        self.findings.append(Finding("dmn-import", "error", place or None, message))
