"""A small, slow, obviously right interpreter of the BPMN token game, with random models and schedules for it."""
