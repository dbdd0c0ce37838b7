"""Scenarios: named runs beside a model, played in memory through the real engine, tables and forms."""

from workflows.scenarios.book import Answers, Book, Expectation, ExpectedIncident, Scenario, Step
from workflows.scenarios.checking import Checked, check, findings
from workflows.scenarios.coverage import Coverage, Tally, cover
from workflows.scenarios.material import Material, read_forms_by
from workflows.scenarios.reading import ScenariosRefused, is_scenario_file, read_books, read_scenario, read_step
from workflows.scenarios.recording import Happened, Recorded, history_of, record
from workflows.scenarios.running import Difference, Performance, Result, run, run_all
from workflows.scenarios.told import Differs

__all__ = [
    "Answers",
    "Book",
    "Checked",
    "Coverage",
    "Difference",
    "Differs",
    "Expectation",
    "ExpectedIncident",
    "Happened",
    "Material",
    "Performance",
    "Recorded",
    "Result",
    "Scenario",
    "ScenariosRefused",
    "Step",
    "Tally",
    "check",
    "cover",
    "findings",
    "history_of",
    "is_scenario_file",
    "read_books",
    "read_forms_by",
    "read_scenario",
    "read_step",
    "record",
    "run",
    "run_all",
]
