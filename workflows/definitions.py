"""Process definitions: versions of a model with its decision tables and forms, content-addressed and never deleted.

An instance stays on the version it started with. A version is compiled once per process and shared.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store import audit, ids, sending
from store.db import Base
from store.errors import Invalid, NotFound
from store.once import once, tell
from store.transaction import require_transaction
from store.types import SHARED, SHARED_APPEND_ONLY, Protection
from workflows import scenarios, service_tasks
from workflows.decisions import DecisionModel
from workflows.decisions import lint as lint_decisions
from workflows.decisions import read as read_decisions
from workflows.engine import CompiledProcess, compile_process
from workflows.findings import Finding
from workflows.lint import LintContext, declared_types, lint_file

BPMN, DMN, FORM, SCENARIOS = "bpmn", "dmn", "form", "scenarios"
_KINDS = {".bpmn": BPMN, ".dmn": DMN, ".json": FORM}


class ProcessDefinition(Base):
    """One version of a process. digest: SHA-256 over the names and contents of its files, scenarios apart."""

    __tablename__ = "process_definition"
    __protection__: ClassVar[Protection] = SHARED
    __table_args__ = (UniqueConstraint("key", "version"), UniqueConstraint("key", "digest"))
    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str]
    version: Mapped[int]
    digest: Mapped[str]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None]
    retired_at: Mapped[datetime | None]


class DefinitionFile(Base):
    """One file of a version, as it was published."""

    __tablename__ = "definition_file"
    __protection__: ClassVar[Protection] = SHARED_APPEND_ONLY
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("process_definition.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    content: Mapped[bytes]


class UnknownProcess(NotFound):
    """No published version under that key."""

    code = "process.unknown"
    message = "No process named {key} is published. Publish it first."


class PublicationRefused(Invalid):
    """The model has findings of severity error; nothing was published."""

    code = "process.publication_refused"
    message = "{key} was not published: {count} finding(s) must be resolved first."

    def __init__(self, key: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(key=key, count=len(findings))
        self.findings = findings


@dataclass(frozen=True)
class Definition:
    """A published version, ready to run. decisions: decision id -> the model that holds it; forms: form key -> JSON."""

    id: UUID
    key: str
    version: int
    digest: str
    process: CompiledProcess
    decisions: Mapping[str, DecisionModel] = field(repr=False)
    forms: Mapping[str, dict[str, Any]] = field(repr=False)
    bpmn: bytes = field(repr=False)


def publish(
    files: Mapping[str, bytes], key: str, *, by: UUID | None, now: datetime, known: LintContext | None = None
) -> UUID:
    """Store the files as the next version of a process, unless the newest version has the same content.

    files: path -> bytes; `.bpmn`, `.dmn` and `.json` (forms) are kept, and the scenarios that the version passed.
    known: decision types and groups that exist, so that the checks can hold the model against them.
    Raises PublicationRefused with every error that the checks found or else every scenario that fails, and ModelRefused
    when it does not compile.
    """
    session = require_transaction()
    kept = {path: data for path, data in files.items() if _kind(path)}
    digest = _digest({path: data for path, data in kept.items() if _kind(path) != SCENARIOS})
    newest = session.scalars(
        select(ProcessDefinition)
        .where(ProcessDefinition.key == key)
        .order_by(ProcessDefinition.version.desc())
        .limit(1)
    ).first()
    if newest is not None and newest.digest == digest:
        return newest.id
    errors = tuple(one for one in examine(kept, known or LintContext()) if one.severity == "error")
    if errors:
        raise PublicationRefused(key, errors)
    _compile(key, kept)
    version = (newest.version if newest else 0) + 1
    row = ProcessDefinition(id=ids.new(), key=key, version=version, digest=digest, published_at=now, published_by=by)
    session.add(row)
    session.flush()
    session.add_all(
        DefinitionFile(definition_id=row.id, path=path, kind=_kind(path) or "", content=data)
        for path, data in kept.items()
    )
    audit.record("process:published", by=by, on=f"process/{key}", facts={"version": version, "digest": digest})
    return row.id


def examine(files: Mapping[str, bytes], known: LintContext) -> list[Finding]:
    """What the checks say about the models and decision tables of a folder; when that is no error, its scenarios."""
    tables = list(_decision_models(files))
    forms = {_stem(path): data for path, data in files.items() if _kind(path) == FORM}
    context = replace(
        known,
        forms=frozenset(forms),
        decisions=frozenset(decision for table in tables for decision in table.decisions),
        operators=frozenset(service_tasks.catalog()),
        **declared_types(forms, tables, service_tasks.catalog()),
    )
    found = [one for path, data in files.items() if _kind(path) == BPMN for one in lint_file(data, context)]
    found += [one for table in tables for one in lint_decisions(table)]
    broken = any(one.severity == "error" for one in found)
    return found if broken else found + scenarios.findings(files)


def current(session: Session, key: str) -> Definition:
    """The newest published version of a process, looked up once in a transaction. Raises UnknownProcess."""
    return take_newest(
        session, key, once(session, (_NEWEST, key), lambda: sending.ask(session, newest_question(key))[0])
    )


def newest_question(key: str) -> sending.Statement:
    """The statement that finds the newest published version with other things; its answer goes to `take_newest`."""
    return (
        "select id from process_definition where key = %s and retired_at is null order by version desc limit 1",
        (key,),
    )


def take_newest(session: Session, key: str, found: sending.Rows) -> Definition:
    """The version that `newest_question` found. Raises UnknownProcess."""
    tell(session, (_NEWEST, key), found)
    if not found:
        raise UnknownProcess(key=key)
    return get(session, found[0][0])


_NEWEST = "newest version"
_loaded: dict[UUID, Definition] = {}


def get(session: Session, definition_id: UUID) -> Definition:
    """A version by id; compiled once per process. Versions never change, so the cache needs no invalidation."""
    found = _loaded.get(definition_id)
    if found is None:
        row = session.get_one(ProcessDefinition, definition_id)
        files = session.scalars(select(DefinitionFile).where(DefinitionFile.definition_id == definition_id))
        found = _load(row, {file.path: file.content for file in files})
        _loaded[definition_id] = found
    return found


def newest(session: Session) -> list[ProcessDefinition]:
    """The newest version of each process, by key."""
    top = select(ProcessDefinition.key, func.max(ProcessDefinition.version).label("version")).group_by("key").subquery()
    join = (ProcessDefinition.key == top.c.key) & (ProcessDefinition.version == top.c.version)
    return list(session.scalars(select(ProcessDefinition).join(top, join).order_by(ProcessDefinition.key)))


def _load(row: ProcessDefinition, files: Mapping[str, bytes]) -> Definition:
    process, decisions = _compile(row.key, files)
    forms = {_stem(path): json.loads(data) for path, data in files.items() if _kind(path) == FORM}
    bpmn = next(data for path, data in files.items() if _kind(path) == BPMN and process.process_id.encode() in data)
    return Definition(row.id, row.key, row.version, row.digest, process, decisions, forms, bpmn)


def _compile(key: str, files: Mapping[str, bytes]) -> tuple[CompiledProcess, dict[str, DecisionModel]]:
    process = compile_process({path: data for path, data in files.items() if _kind(path) == BPMN}, key)
    decisions: dict[str, DecisionModel] = {}
    for model in _decision_models(files):
        decisions.update(dict.fromkeys(model.decisions, model))
    return process, decisions


def _decision_models(files: Mapping[str, bytes]) -> Iterator[DecisionModel]:
    """Every decision file of a folder, each with the others to import from."""
    found = [data for path, data in sorted(files.items()) if _kind(path) == DMN]
    for place, data in enumerate(found):
        yield _decision_model(data, (*found[:place], *found[place + 1 :]))


@lru_cache(maxsize=256)
def _decision_model(data: bytes, others: tuple[bytes, ...]) -> DecisionModel:
    return read_decisions(data, others)


def _digest(files: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(path.encode() + b"\0" + hashlib.sha256(files[path]).digest())
    return total.hexdigest()


def _kind(path: str) -> str | None:
    return SCENARIOS if scenarios.is_scenario_file(path) else _KINDS.get("." + path.rpartition(".")[2])


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]
