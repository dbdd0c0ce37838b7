"""Tests here work in a whole office."""

from tests.office import office, office_people

__all__ = ["office", "office_people"]
