"""Draws BPMN models: new diagram interchange, or what is missing of it. Never touches what a model means."""

from workflows.layout.arranging import arrange
from workflows.layout.completing import complete
from workflows.layout.measure import Measures, measure

__all__ = ["Measures", "arrange", "complete", "measure"]
