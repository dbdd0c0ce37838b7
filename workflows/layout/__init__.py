"""Draws BPMN models: new diagram interchange, or what is missing of it. Never touches what a model means."""
