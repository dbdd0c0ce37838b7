"""The hardened reading of BPMN files."""
