"""What the readers of one file share: declared names and types, findings, and the tables met on the way."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from workflows.decisions.findings import Finding
from workflows.decisions.model import Table
from workflows.decisions.modules import Module
from workflows.decisions.xml import Element, attribute
from workflows.feel import FeelSyntaxError, UnaryTests
from workflows.feel.code import Code
from workflows.feel.errors import FeelUnsupported
from workflows.feel.expression import Expression, parse_in
from workflows.feel.parse_types import parse_type
from workflows.feel.types import ANY, FeelType
from workflows.feel.unary import parse_unary_tests_in


@dataclass(slots=True)
class Workspace:
    """names: every variable the file declares, so that names with symbols are seen whole. owner: the element whose
    logic is being read, for findings and for naming conflicts. not_run: what is not supported, by owner.

    read_cells, read_expressions: by text, because tables repeat themselves and reading is what takes long.
    """

    module: Module
    names: frozenset[str]
    types: dict[str, FeelType] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    not_run: dict[str, str] = field(default_factory=dict)
    owner: str = ""
    read_cells: dict[str, UnaryTests] = field(default_factory=dict)
    read_expressions: dict[str, Expression] = field(default_factory=dict)

    def id_of(self, element: Element, fallback: str = "") -> str:
        """Its id as the whole model knows it, "" when it has none."""
        own = attribute(element, "id") or fallback
        return self.module.qualifier + own if own else ""

    def complain(self, rule: str, message: str, element: Element | None = None) -> None:
        """Note an error at an element, or at the owner when the element has no id."""
        place = attribute(element, "id") if element is not None else ""
        self.findings.append(Finding(rule, "error", place or self.owner or None, message))

    def expression(self, text: str, element: Element) -> Expression:
        """Compile; a text that is not FEEL becomes a finding and the value null."""
        self.check_language(element)
        if text in self.read_expressions:
            return self.read_expressions[text]
        try:
            found = self.read_expressions[text] = parse_in(text, self.names, self.types)
            return found
        except FeelUnsupported as error:
            self.note_unsupported(error.feature, element)
        except FeelSyntaxError as error:
            self.complain("feel-syntax", str(error), element)
        return parse_in("null", (), {})

    def tests(self, text: str, element: Element) -> UnaryTests:
        """Compile a cell; a text that is not FEEL becomes a finding and a cell that never matches."""
        self.check_language(element)
        if text in self.read_cells:
            return self.read_cells[text]
        try:
            found = self.read_cells[text] = parse_unary_tests_in(text, self.names, self.types)
            return found
        except FeelSyntaxError as error:
            self.complain("feel-syntax", str(error), element)
            return parse_unary_tests_in("? = null and ? != null", (), {})

    def type(self, text: str, element: Element | None = None) -> FeelType | None:
        """The type a typeRef names; None when it is absent."""
        plain = text.removeprefix("feel:").strip()
        if not plain:
            return None
        if plain in self.types:
            return self.types[plain]
        try:
            return parse_type(plain, self.types)
        except FeelSyntaxError:
            self.complain("dmn-type", f'There is no type "{plain}". Declare it or choose another.', element)
            return ANY

    def check_language(self, element: Element) -> None:
        """Only FEEL is run, whatever the file asks for."""
        language = attribute(element, "expressionLanguage")
        if language and not language.lower().rstrip("/").endswith("feel"):
            self.complain("dmn-expression-language", "Only FEEL expressions are run. Rewrite this one.", element)

    def unsupported(self, what: str, element: Element) -> Code:
        """A construct that is not run: a finding, and null in its place."""
        self.note_unsupported(what, element)
        return lambda scope: None

    def note_unsupported(self, what: str, element: Element) -> None:
        """Note that something is not run."""
        self.not_run[self.owner] = what
        self.complain("dmn-unsupported", f"{what} is not supported. Rewrite it as a table or an expression.", element)


def declared_names(names: Iterable[str]) -> frozenset[str]:
    """Without the empty ones."""
    return frozenset(name for name in names if name.strip())
