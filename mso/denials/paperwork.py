"""The operators that write: draft and render the letter, bind the packet. Facts come from our own rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mso import cases, documents
from mso.cases import Case, CaseEvent
from mso.denials import evidence as evidence_papers
from mso.denials import letters, sheet
from mso.denials.letters import Excerpt, Letter, Part, Party, Signature, Subject
from mso.denials.models import DenialRow
from mso.denials.service_tasks import case_of
from mso.documents import NewDocument
from mso.practices import get_practice
from store.errors import Conflict
from workflows.service_tasks import BusinessError, Parameter, ServiceCall, service_task

PDF, JSON = "application/pdf", "application/json"
ATTESTATION = "medical_necessity_attestation_for_our_appeal"
PARAGRAPHS = "list<context<heading: string, text: string>>"
OPTIONAL = Parameter("any", required=False)


class LetterNotSigned(Conflict):
    """A clinical packet without the signature that its letter needs."""

    code = "letter.not_signed"
    message = "The letter has not been signed as it stands now. Ask the physician to attest it."


@dataclass(frozen=True)
class Words:
    """What is written in a letter: by the physician (clinical), by staff (the rest)."""

    clinical: tuple[tuple[str, str], ...]
    opening: str
    request: str
    argument: str = ""


@service_task(
    "denials.draft_letter",
    parameters={"level": "number", "review": OPTIONAL},
    result=f"context<letter_opening: string, letter_request: string, clinical: {PARAGRAPHS}, preview: string>",
    local=True,
)
def draft_letter(call: ServiceCall) -> Mapping[str, object]:
    """Draft the appeal letter; its clinical paragraphs are the physician's own words."""
    session, case = case_of(call)
    review = call.parameters.get("review")
    opening, clinical, request = letters.draft(
        review if isinstance(review, Mapping) else None, _subject(session, case), int(str(call.parameters["level"]))
    )
    preview = "\n\n".join(f"**{heading}**\n\n{text}" for heading, text in clinical)
    return {
        "letter_opening": opening,
        "letter_request": request,
        "clinical": [{"heading": heading, "text": text} for heading, text in clinical],
        "preview": preview,
    }


@service_task(
    "denials.render_letter",
    parameters={"letter": "any", "opening": "string", "request": "string"},
    result=f"context<sha256: string, text: string, opening: string, request: string, clinical: {PARAGRAPHS}, "
    "written_on: date>",
    local=True,
)
def render_letter(call: ServiceCall) -> Mapping[str, object]:
    """Render the letter as the PDF that will be attested, and keep it under its hash."""
    session, case = case_of(call)
    written = call.parameters["letter"]
    assert isinstance(written, Mapping)
    clinical = tuple((str(one["heading"]), str(one["text"])) for one in written["clinical"])
    letter = _letter(
        session, case, call.now, Words(clinical, str(call.parameters["opening"]), str(call.parameters["request"]))
    )
    kept = documents.keep(
        case, NewDocument("letter", "Appeal letter", PDF, letters.letter_page(letter)), by=None, now=call.now
    )
    return {
        "sha256": kept.sha256,
        "text": letter.text,
        "opening": letter.opening,
        "request": letter.request,
        "clinical": written["clinical"],
        "written_on": letter.written_on,
    }


@service_task(
    "denials.assemble_packet",
    parameters={
        "kind": "string",
        "level": "number",
        "rendered": OPTIONAL,
        "evidence": OPTIONAL,
        "opening": OPTIONAL,
        "argument": OPTIONAL,
        "request": OPTIONAL,
    },
    result="context<sha256: string, parts: list<string>>",
    local=True,
    errors=("CLINICAL_CONTENT",),
)
def assemble_packet(call: ServiceCall) -> Mapping[str, object]:
    """Bind the packet: letter, signature, the payer's own words, evidence; keep it with its manifest."""
    session, case = case_of(call)
    clinical = call.parameters["kind"] == "clinical"
    parts = _signed_letter(session, case, call) if clinical else [_admin_letter(session, case, call)]
    parts.append(Part("Excerpt of the remittance", _excerpt(session, case, call.now.date())))
    evidence = call.parameters.get("evidence")
    if isinstance(evidence, Mapping):
        parts.append(Part("Evidence", _evidence(evidence, call.now.date())))
    parts.extend(evidence_papers.parts(session, case, call.now))
    packet = letters.bind(case.number, parts, call.now.date())
    listed = letters.manifest(case.number, parts, packet)
    kept = documents.keep(case, NewDocument("packet", "Appeal packet", PDF, packet), by=None, now=call.now)
    documents.keep(case, NewDocument("packet_manifest", "Packet manifest", JSON, listed), by=None, now=call.now)
    cases.tell(case, "packet", "The appeal packet was assembled.", at=call.now, sha256=kept.sha256)
    return {"sha256": kept.sha256, "parts": [part.title for part in parts]}


def _signed_letter(session: Session, case: Case, call: ServiceCall) -> list[Part]:
    """The attested letter, byte for byte, and the page with its signature."""
    kept = documents.newest(session, case, "letter")
    signed = _attestation(session, case)
    rendered = call.parameters.get("rendered")
    if kept is None or signed is None or not isinstance(rendered, Mapping) or rendered.get("sha256") != kept.sha256:
        raise LetterNotSigned()
    facts = signed.facts
    clinical = tuple((str(one["heading"]), str(one["text"])) for one in rendered["clinical"])
    letter = _letter(session, case, call.now, Words(clinical, str(rendered["opening"]), str(rendered["request"])))
    signature = Signature(
        printed_name=str(facts["printed_name"]),
        license_text=str(facts["license"]),
        meaning=str(facts["meaning"]),
        signed_at=datetime.fromisoformat(str(facts["signed_at"])),
        signature=str(facts["signature"]),
        letter=kept.sha256,
    )
    page = letters.signature_page(letter, signature)
    return [Part("Appeal letter", documents.content(kept)), Part("Attestation of the letter", page)]


def _admin_letter(session: Session, case: Case, call: ServiceCall) -> Part:
    """A letter without any clinical sentence; refused for a denial that is clinical."""
    if session.scalar(select(DenialRow.id).where(DenialRow.case_id == case.id, DenialRow.clinical == "yes").limit(1)):
        raise BusinessError("CLINICAL_CONTENT", "This denial is clinical: a physician has to review it first.")
    opening, argument, request = (str(call.parameters.get(name) or "") for name in ("opening", "argument", "request"))
    letter = _letter(session, case, call.now, Words((), opening, request, argument))
    data = letters.letter_page(letter)
    documents.keep(case, NewDocument("letter", "Administrative appeal letter", PDF, data), by=None, now=call.now)
    return Part("Administrative appeal letter", data)


def _letter(session: Session, case: Case, now: datetime, words: Words) -> Letter:
    practice = get_practice(session, case.practice_id)
    sender = Party(practice.name, (f"NPI {practice.npi} · {practice.state}",) if practice.npi else (practice.state,))
    addressee = Party(case.payer_name or case.payer_id or "The payer", ("Appeals department",))
    return Letter(
        sender=sender,
        addressee=addressee,
        subject=_subject(session, case),
        written_on=now.date(),
        opening=words.opening,
        clinical=words.clinical,
        request=words.request,
        argument=words.argument,
    )


def _subject(session: Session, case: Case) -> Subject:
    shown = sheet.build(session, case).without_money()
    wanted = {"Patient": "Patient", "Claim": "Claim", "Date of service": "Date of service"}
    lines = [
        (wanted[one.label], f"{one.value} ({one.sub})" if one.sub else one.value)
        for one in shown.facts
        if one.label in wanted
    ]
    for line in shown.lines:
        lines.append(("Denial", "; ".join(f"{one.code} {one.text}" for one in line.reasons)))
        lines.append(("Service", line.service))
    return Subject((("Our reference", case.number), *lines))


def _attestation(session: Session, case: Case) -> CaseEvent | None:
    """The newest attestation of this case's letter, as the completing transaction told it to the case."""
    found = session.scalars(
        select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.kind == "signed").order_by(CaseEvent.id.desc())
    )
    return next((one for one in found if one.facts.get("decision_type") == ATTESTATION), None)


def _excerpt(session: Session, case: Case, dated: date) -> bytes:
    rows = session.scalars(select(DenialRow).where(DenialRow.case_id == case.id).order_by(DenialRow.line)).all()
    shown = sheet.build(session, case)
    segments: dict[str, list[str]] = {}
    for row in rows:
        segments.setdefault(f"{row.group_code}-{row.carc}", []).extend(map(str, row.segments))
    lines = [
        Excerpt(
            line.service,
            tuple((one.code, one.text) for one in line.reasons),
            line.remarks,
            tuple(dict.fromkeys(segment for one in line.reasons for segment in segments.get(one.code, []))),
        )
        for line in shown.lines
    ]
    return letters.excerpt_page(lines, [("Payer", case.payer_name or ""), ("Claim", case.claim_key or "")], dated)


def _evidence(evidence: Mapping[Any, Any], dated: date) -> bytes:
    collected = evidence.get("collected") or []
    items = [(str(place), str(one).replace("_", " ")) for place, one in enumerate(collected, start=1)]
    return letters.list_page("Evidence", items, dated, str(evidence.get("reason_minimum_necessary") or ""))
