"""Denials and appeals: from a payer's adjustment to a case with a route, a pathway and a deadline.

Pure here (no database, no clock): `codes` and `appeal_rules` (shipped data), `derive` (what was denied),
`triage` (where it goes), `clocks` (until when), `scoring` (in which order).
"""
