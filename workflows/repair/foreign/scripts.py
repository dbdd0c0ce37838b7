"""Scripts of other languages that only assign, as FEEL assignments."""

import re

from workflows.feel import FeelError, parse_assignments
from workflows.repair.foreign.translate import in_feel

MAX_LINES = 200
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_ASSIGNS = re.compile(rf"(?:(?:var|let|const|def)\s+)?({_NAME}(?:\.{_NAME})*)\s*(\+|-|\*)?=(?!=)\s*(.+)", re.DOTALL)
_BY_KEY = re.compile(rf"""({_NAME})\[\s*(["'])({_NAME})\2\s*\]\s*=(?!=)\s*(.+)""", re.DOTALL)
_SETS = re.compile(rf"""execution\.setVariable\(\s*(["'])({_NAME})\1\s*,\s*(.+)\)""", re.DOTALL)


def script_in_feel(script: str, language: str | None = None) -> str | None:
    """The same script as lines of `variable = expression`; None when it does anything but assign."""
    lines = script.strip("\n").splitlines()
    indents = {len(line) - len(line.lstrip()) for line in lines if line.strip()}
    if len(lines) > MAX_LINES or len(indents) > 1:
        return None  # What is indented differently belongs to a block.
    found = [_line(line.strip().removesuffix(";").strip(), language) for line in lines if line.strip()]
    if not found or any(one is None for one in found):
        return None
    text = "\n".join(str(one) for one in found)
    try:
        return text if parse_assignments(text) else None
    except FeelError:
        return None


def _line(line: str, language: str | None) -> str | None:
    if line.startswith(("#", "//")):
        return f"// {line.lstrip('#/').strip()}"
    by_key, sets = _BY_KEY.fullmatch(line), _SETS.fullmatch(line)
    if by_key:
        return _assigned(f"{by_key[1]}.{by_key[3]}", by_key[4], language)
    if sets:
        return _assigned(sets[2], sets[3], language)
    found = _ASSIGNS.fullmatch(line)
    if found is None:
        return None
    target, sign, value = found.groups()
    return _assigned(target, f"{target} {sign} ({value})" if sign else value, language)


def _assigned(target: str, value: str, language: str | None) -> str | None:
    feel = in_feel(value, language, loose=False)
    return None if feel is None else f"{target} = {feel}"
