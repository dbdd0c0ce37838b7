"""The payer's decision as JSON: the handler of the source `payer_decision`.

The claim is found by our own rows, never by an id the sender could choose freely: payer claim control number, payer,
and where two practices have such a claim, the payee. An answer that fits no open case waits for a person.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validate
from sqlalchemy import select

from mso.cases import Case, find_by_claim
from mso.denials import exceptions, updating
from mso.denials.exceptions import Held
from mso.practices import Organization, find_by_payee
from store import audit
from store.practice import MSO, as_practice, viewing
from store.text import is_storable
from store.transaction import reading, transaction
from workflows.webhooks import inbound
from workflows.webhooks.sources import Delivery, Result

_SYNONYMS = {"partially_overturned": "partial", "approved": "overturned", "denied": "upheld"}
RESULTS = ("overturned", "partial", "upheld", "dismissed", "withdrawn")


class DecisionSchema(Schema):
    """Body of POST /webhooks/payer_decision.

    payer_claim_control_number: as in CLP07 of the remittance. result: what the payer decided.
    payee_npi or payee_tin: needed only where two of our practices have such a claim with this payer.
    """

    class Meta:
        unknown = RAISE

    payer_claim_control_number = fields.String(required=True, validate=validate.Length(1, 80))
    payer_id = fields.String(load_default=None, validate=validate.Length(1, 80))
    payee_npi = fields.String(load_default=None)
    payee_tin = fields.String(load_default=None)
    result = fields.String(required=True, validate=validate.OneOf(RESULTS))
    paid = fields.Decimal(load_default=None, allow_none=True)
    reasons = fields.List(fields.String(validate=validate.Length(max=20)), load_default=list)
    decided_on = fields.Date(load_default=None)
    reference = fields.String(load_default=None, validate=validate.Length(max=80))
    payer_reviewer_credential = fields.String(load_default=None, validate=validate.Length(max=80))
    payer_reviewer_specialty = fields.String(load_default=None, validate=validate.Length(max=80))

    @pre_load
    def translate(self, data: Any, **_: Any) -> Any:
        """Some payers write other words for the same result."""
        if isinstance(data, dict) and isinstance(data.get("result"), str):
            return {**data, "result": _SYNONYMS.get(data["result"].lower(), data["result"].lower())}
        return data


def receive(delivery: Delivery, body: bytes, now: datetime) -> Result:
    """Carry a decision to the case it answers. Handler of workflows.webhooks.sources."""
    try:
        answer = DecisionSchema().load(_read(body))
    except (ValueError, ValidationError, RecursionError) as problem:
        messages = problem.messages if isinstance(problem, ValidationError) else {"body": ["not JSON"]}
        return Result(
            "failed", diagnostics=[_diagnostic("invalid", f"{field}: {texts}") for field, texts in _flat(messages)]
        )
    found = _open_cases(answer)
    if len(found) != 1:
        return _unmatched(delivery, answer, found, now)
    practice_id, case_id, instance_id = found[0].practice_id, found[0].id, found[0].instance_id
    assert instance_id is not None, "case and instance are made in one transaction"
    with as_practice(practice_id), transaction() as session:
        inbound.require_current(delivery)
        (case,) = updating.lock_cases(session, {case_id: instance_id})
        payload = {name: value for name, value in answer.items() if value is not None}
        payload |= {"payer_id": case.payer_id, "source": "webhook"}
        updating.answer_case(session, case, payload, now=now)
        facts = {"result": answer["result"], "case": case.id}
        audit.record("payer_decision:delivered", by="webhook:payer_decision", on=f"delivery/{delivery.id}", facts=facts)
    return Result("processed", cases=[case_id])


def _read(body: bytes) -> Any:
    """The JSON of a body. Raises ValueError also for text that no column can hold, wherever it stands."""
    told = json.loads(body)
    if not is_storable(told):
        raise ValueError("NUL and halves of surrogate pairs are no text.")
    return told


def _open_cases(answer: dict[str, Any]) -> Sequence[Case]:
    with as_practice(MSO), reading() as session:
        payee = None
        if answer["payee_npi"] or answer["payee_tin"]:
            payee = find_by_payee(session, answer["payee_npi"], answer["payee_tin"])
            if payee is None:
                return []
        practices = [payee.id] if payee else list(session.scalars(select(Organization.id)))
    with viewing(practices), reading() as session:
        return find_by_claim(session, answer["payer_id"], answer["payer_claim_control_number"])


def _unmatched(delivery: Delivery, answer: dict[str, Any], found: Sequence[Case], now: datetime) -> Result:
    """No open case, or more than one: a person looks at it; once per delivery, however often it is processed."""
    code = "ambiguous" if found else "no_open_case"
    sentence = (
        "More than one practice has an open case for this claim. Send payee_npi or payee_tin."
        if found
        else "No open case has this payer claim control number."
    )
    diagnostics = [_diagnostic(code, sentence)]
    key = f"delivery:{delivery.id}"
    with as_practice(MSO), transaction() as session:
        inbound.require_current(delivery)
        known = session.scalar(select(Case.id).where(Case.claim_key == key))
        if known is None:
            case = exceptions.hold(session, MSO, Held("unmatched_answer", key, diagnostics), now=now)
            case.claim_key, known = key, case.id
    return Result("quarantined", cases=[known], diagnostics=diagnostics)


def _diagnostic(code: str, sentence: str) -> dict[str, Any]:
    return {"code": code, "severity": "quarantine", "path": "", "segment": 0, "datum": "", "sentence": sentence}


def _flat(messages: Any) -> list[tuple[str, str]]:
    """Field and sentence. A field that we do not know is not named: what a sender writes there may be a patient's."""
    if not isinstance(messages, dict):
        return [("body", str(messages))]
    known = {one: texts for one, texts in messages.items() if one in DecisionSchema._declared_fields or one == "body"}
    found = [
        (one, "; ".join(map(str, texts)) if isinstance(texts, list) else str(texts)) for one, texts in known.items()
    ]
    return found + [("body", "a field that is not documented, or no object")] * (len(known) < len(messages))
