"""Readers and clients of the outside world: one folder per standard or service, each with its own fake."""
