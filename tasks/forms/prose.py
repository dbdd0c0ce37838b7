"""The little Markdown that form texts use, as data: headings, lists, paragraphs, strong, emphasis, code.

The template writes the tags, so no author's text can become markup.
"""

import re
from dataclasses import dataclass

MAX_CHARACTERS = 400_000
"""More than the letter that the longest answers of our forms make: what a person signs is never cut."""

_SPAN = re.compile(r"\*\*(?P<strong>[^*\n]+)\*\*|__(?P<strong2>[^_\n]+)__|\*(?P<em>[^*\n]+)\*|`(?P<code>[^`\n]+)`")
_LIST = re.compile(r"[-*] +")


@dataclass(frozen=True)
class Span:
    """A run of text. style: "", "strong", "em" or "code"."""

    text: str
    style: str = ""


@dataclass(frozen=True)
class Block:
    """kind: "heading", "list" or "paragraph". items: one per list entry, else exactly one."""

    kind: str
    items: tuple[tuple[Span, ...], ...]


def blocks(text: str) -> tuple[Block, ...]:
    """Markdown text as blocks."""
    found: list[Block] = []
    for part in re.split(r"\n\s*\n|\n(?=#)|(?<=\n)(?=[-*] )", text[:MAX_CHARACTERS].replace("\r\n", "\n")):
        found.extend(_part([line.strip() for line in part.split("\n") if line.strip()]))
    return _join_lists(found)


def _part(lines: list[str]) -> list[Block]:
    if not lines:
        return []
    if lines[0].startswith("#"):
        return [Block("heading", (_spans(lines[0].lstrip("#").strip()),)), *_part(lines[1:])]
    if _LIST.match(lines[0]):
        return [Block("list", (_spans(_LIST.sub("", " ".join(lines), count=1)),))]
    return [Block("paragraph", (_spans(" ".join(lines)),))]


def _join_lists(found: list[Block]) -> tuple[Block, ...]:
    joined: list[Block] = []
    for one in found:
        if one.kind == "list" and joined and joined[-1].kind == "list":
            joined[-1] = Block("list", joined[-1].items + one.items)
        else:
            joined.append(one)
    return tuple(joined)


def _spans(text: str) -> tuple[Span, ...]:
    found, end = [], 0
    for match in _SPAN.finditer(text):
        if match.start() > end:
            found.append(Span(text[end : match.start()]))
        style = (match.lastgroup or "").removesuffix("2")
        found.append(Span(match[match.lastgroup or 0], style))
        end = match.end()
    if end < len(text):
        found.append(Span(text[end:]))
    return tuple(found)
