"""The rules of the linter: one accepted and one refused tiny diagram each."""
