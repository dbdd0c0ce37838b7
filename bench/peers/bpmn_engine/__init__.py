"""bpmn-engine 25 on node, in memory and persisted to one row."""
