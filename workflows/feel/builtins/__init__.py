"""The built-in functions by subject. Importing this package declares them all."""

from workflows.feel.builtins import booleans, contexts, conversion, dates, lists, numbers, ranges, strings
from workflows.feel.builtins.registry import builtin_names, find_function, register_builtin

SUBJECTS = (booleans, contexts, conversion, dates, lists, numbers, ranges, strings)

__all__ = ["SUBJECTS", "builtin_names", "find_function", "register_builtin"]
