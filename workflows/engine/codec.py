"""The stored state of an instance: small, typed, and tied to the model it belongs to.

Blob = b"CSX", one version byte, 16 bytes of the digest of the compiled process, 8 bytes checksum over all the rest,
then zstd (with our words as dictionary) over msgpack of [scopes (see `columns`), links, extras]. The specification is
not inside. A link says where the activity of a sub-process stands: [number of its scope, number of its task]. States of
older versions are upgraded (see `upgrades`) when they are loaded and become states of today's version when they are
next stored.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from uuid import UUID

import zstandard

from workflows.engine import columns, tree, values
from workflows.engine.faults import StateUnreadable
from workflows.engine.specs import CompiledProcess
from workflows.engine.upgrades import upgraded

MAGIC, VERSION = b"CSX", 2
_START = len(MAGIC) + 1
_DIGEST, _CHECKSUM = 16, 8
_HEADER = _START + _DIGEST + _CHECKSUM
_EXTRAS = {"decisions": dict, "end_events": list, "passes": dict, "cancelled": bool, "stalled": bool}
_MAX_STATE = 256 * 1024 * 1024


@dataclass(frozen=True)
class Loaded:
    """A restored instance and what the engine keeps beside the tree."""

    instance: Any
    extras: Mapping[str, Any]


_SAID = (
    "winner handlers held spent took set unset decided cycles next every iteration request key payload event_value "
    "interrupted remaining arrival joined merged key_or_index .BoundaryEventSplit .BoundaryEventJoin .EndJoin End "
    "Start start end n event_fired decisions end_events passes cancelled stalled"
)
WORDS = b"".join(bytes([0xA0 | len(word)]) + word.encode() for word in _SAID.split())
"""What most states say, as msgpack writes it. Part of version 2: it never changes."""


class _Kept(threading.local):
    """Making a compressor costs ten times as much as using it on a small state; each thread keeps its own."""

    def __init__(self) -> None:
        words = zstandard.ZstdCompressionDict(WORDS, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        parameters = zstandard.ZstdCompressionParameters.from_level(2, write_content_size=1, write_dict_id=0)
        self.compress = zstandard.ZstdCompressor(dict_data=words, compression_params=parameters).compress
        self.decompress = zstandard.ZstdDecompressor(dict_data=words).decompress
        self.decompress_1 = zstandard.ZstdDecompressor().decompress


_kept = _Kept()


def pack_value(value: Any) -> bytes:
    """Bytes of one value, for what is kept outside an instance."""
    return values.pack(value)


def unpack_value(data: bytes) -> Any:
    """The value again."""
    return values.unpack(data)


def dump(process: CompiledProcess, instance: Any, extras: Mapping[str, Any]) -> bytes:
    """The blob of an instance at rest."""
    places: dict[UUID, tuple[int, int]] = {}
    scopes = [columns.of_scope(instance, 0, places)]
    links = []
    for sub in instance.subprocesses.values():  # In the order in which they began, so each one's activity came before.
        link = places.get(sub.parent_task.id)
        if link is not None and sub.parent_task.workflow.tasks.get(sub.parent_task.id) is sub.parent_task:
            links.append(list(link))
            scopes.append(columns.of_scope(sub, len(scopes), places))
    packed = values.pack([scopes, links, {**extras, "stalled": instance.stalled}])
    head = MAGIC + bytes([VERSION]) + bytes.fromhex(process.digest)[:_DIGEST]
    body = _kept.compress(packed)
    return head + _checksum(head, body) + body


def load(process: CompiledProcess, blob: bytes, engine: Any) -> Loaded:
    """The instance again. Raises StateUnreadable for a damaged blob, an unknown version or another model."""
    if len(blob) <= _START or not blob.startswith(MAGIC):
        raise StateUnreadable(reason="it is no instance state.")
    version = blob[len(MAGIC)]
    opened = _OPENED.get(version)
    if opened is None:
        raise StateUnreadable(reason=f"its version {version} is unknown.")
    packed = opened(blob, bytes.fromhex(process.digest))
    try:
        scopes, links, extras = upgraded(version, values.unpack(packed), VERSION)
        if any(not isinstance(extras[name], kind) for name, kind in _EXTRAS.items()):
            raise ValueError("What is kept beside the tree is of another kind.")
        return Loaded(_instance(process, scopes, links, extras, engine), extras)
    except (
        Exception
    ) as error:  # The checksum held, so it was not written by this code; what it breaks is anybody's guess.
        raise StateUnreadable(reason="it is damaged.") from error


def _instance(process: CompiledProcess, scopes: list[Any], links: list[Any], extras: Any, engine: Any) -> Any:
    instance = tree.Instance(process.spec, process.parts, engine, deserializing=True)
    instance.stalled = extras["stalled"]
    tasks_of = [columns.into_scope(instance, scopes[0])]
    for stored, (scope, row) in zip(scopes[1:], links, strict=True):
        parent = tasks_of[scope][row]
        sub = tree.SubInstance(process.parts[parent.task_spec.spec], parent, instance, deserializing=True)
        tasks_of.append(columns.into_scope(sub, stored))
        instance.subprocesses[parent.id] = sub
        sub.completed_event.connect(parent.task_spec._on_subworkflow_completed, parent)
    return instance


def _open_1(blob: bytes, digest: bytes) -> bytes:
    """Version 1: the whole digest, and the checksum that zstd adds."""
    _require_model(blob[_START : _START + 32], digest)
    return _decompressed(_kept.decompress_1, blob[_START + 32 :])


def _open_2(blob: bytes, digest: bytes) -> bytes:
    head, check, body = blob[: _START + _DIGEST], blob[_START + _DIGEST : _HEADER], blob[_HEADER:]
    if check != _checksum(head, body):
        raise StateUnreadable(reason="it is damaged.")
    _require_model(head[_START:], digest[:_DIGEST])
    return _decompressed(_kept.decompress, body)


_OPENED: Mapping[int, Callable[[bytes, bytes], bytes]] = {1: _open_1, 2: _open_2}


def _require_model(stored: bytes, digest: bytes) -> None:
    if stored != digest:
        raise StateUnreadable(reason="it belongs to another version of the model.")


def _decompressed(decompress: Callable[..., Any], body: bytes) -> bytes:
    try:
        return bytes(decompress(body, max_output_size=_MAX_STATE))
    except zstandard.ZstdError as error:
        raise StateUnreadable(reason="it is damaged.") from error


def _checksum(head: bytes, body: bytes) -> bytes:
    return blake2b(head + body, digest_size=_CHECKSUM).digest()
