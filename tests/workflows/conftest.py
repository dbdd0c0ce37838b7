"""Tests here may ask for a whole office."""

from tests.office import office, office_people

__all__ = ["office", "office_people"]
