"""The engine: verbs, traps and properties, on tiny models."""
