"""What the preview shows: one synthetic denial at every stage, in the shapes that the templates' comments name."""

from functools import cache
from pathlib import Path
from typing import Any

from tasks.forms import FieldView, OptionView
from tasks.forms.prose import blocks
from tests.workflows.repair.corpus import own
from webapp.views import models as model_views
from workflows.lint import LintContext
from workflows.model import read
from workflows.repair import apply, propose

TASK = "0193a5b0-0000-7000-8000-000000020931"
OTHER_TASK = "0193a5b0-0000-7000-8000-000000020940"
CASE = "0193a5b0-0000-7000-8000-0000000000ca"
DELIVERY = "0193a5b0-0000-7000-8000-0000000000de"
DOCUMENT = "0193a5b0-0000-7000-8000-0000000000d0"
DUE = "2026-11-24T20:00:00+00:00"
PROCESS = Path(__file__).parents[2] / "workflows" / "bpmn" / "denial_appeal" / "denial_appeal.bpmn"

Context = dict[str, Any]


def frame(badge: str = "MD · NY", *, ok: bool = True) -> Context:
    """Who is signed in, and where that person may go."""
    nav = (
        ("tasks", "Tasks", "inbox", "/inbox"),
        ("cases", "Cases", "folder", "/cases/"),
        ("deliveries", "Deliveries", "webhook", "/deliveries/"),
    )
    return {
        "me": {
            "name": "Ada Marsh",
            "badge": badge,
            "badge_ok": ok,
            "licenses": ["MD NY 214-887, active to 2027-06-30"],
        },
        "nav": [{"key": key, "label": label, "icon": icon, "href": href} for key, label, icon, href in nav],
        "practice": None,
    }


def row(task_id: str, title: str, facts: str, due: tuple[str, str], **more: Any) -> Context:
    """A line of the list. facts: "number, practice, state, payer, amount"; due: text and state."""
    names = ("case_number", "practice", "state", "payer", "amount")
    href = f"/inbox?task={task_id}"
    shown = dict(zip(names, [one.strip() or None for one in facts.split("|")], strict=True))
    return {
        "id": task_id,
        "title": title,
        "href": href,
        "due_text": due[0],
        "due_iso": DUE,
        "due_state": due[1],
        **shown,
        **more,
    }


def rows() -> list[Context]:
    """Two groups of tasks."""
    review = row(
        TASK,
        "Clinical review of appeal",
        "DN-20931 | Lakeshore | NY | Aetna |",
        ("4 h left", "soon"),
        gate="MD or DO",
        gate_ok=True,
    )
    records = row(
        OTHER_TASK,
        "Confirm records for peer-to-peer call",
        "DN-20940 | Lakeshore | NY | United | $2,115.00",
        ("7 h left", "soon"),
    )
    late = row(
        "0193a5b0-0000-7000-8000-000000000417",
        "Correct and resubmit the claim",
        "DN-20417 | Lakeshore | NY | Healthfirst | $412.50",
        ("Overdue 6 h", "overdue"),
    )
    late |= {"reason": "File by Nov 27", "assignee": "Ben Tully"}
    review |= {"reason": "File by Dec 4", "assignee": "Mia Chen"}
    records |= {"reason": "Payer answered", "reason_icon": "bell", "reason_state": "info", "is_new": True}
    later = [
        row(
            f"0193a5b0-0000-7000-8000-00000002{number}",
            "Clinical review of appeal",
            f"DN-2{number} | Harbor Cardiology | NJ | Cigna |",
            ("Fri Nov 27", ""),
            gate="MD or DO (NJ)",
            gate_ok=False,
            reason="File by Dec 11",
        )
        for number in range(1000, 1012)
    ]
    return [
        {"title": "Overdue", "count": 1, "rows": [late]},
        {"title": "Due within a day", "count": 2, "rows": [review, records]},
        {"title": "Later", "count": len(later), "rows": later},
    ]


def views() -> list[Context]:
    """The left column."""
    built_in = (
        ("For me", "inbox", "15", False, True),
        ("Claimed by me", "hand", "2", False, False),
        ("Clinical gates", "shield", "3", False, False),
        ("Overdue", "clock", "1", True, False),
        ("Done today", "check", "8", False, False),
    )
    queues = (("Denial specialist", "41"), ("Coder", "26"), ("Physician reviewer", "17"))
    return [
        {
            "title": "Inbox",
            "items": [
                {"label": label, "href": "/inbox", "icon": icon, "count": count, "alert": alert, "current": current}
                for label, icon, count, alert, current in built_in
            ],
        },
        {
            "title": "Queues",
            "items": [
                {"label": label, "href": "/inbox", "icon": None, "count": count, "alert": False, "current": False}
                for label, count in queues
            ],
        },
    ]


def options(*labels: str) -> list[Context]:
    """Choices of a filter; the first one is chosen."""
    return [
        {"value": "" if place == 0 else str(place), "label": label, "selected": place == 0}
        for place, label in enumerate(labels)
    ]


def inbox(*, opened: bool = True, empty: bool = False) -> Context:
    """The list with its filters, and the task beside it."""
    active = [{"label": "practice", "value": "Lakeshore Orthopedics", "remove_href": "/inbox"}]
    groups = [] if empty else rows()
    if opened and groups:
        groups[1]["rows"][0]["is_current"] = True
    return {
        "views": views(),
        "view": {
            "title": "For me",
            "count_text": "0 open" if empty else "15 open",
            "empty_title": "Nothing to do here",
            "empty_text": "No open task of your queues matches.",
        },
        "groups": groups,
        "filters": {
            "action": "/inbox",
            "hidden": [("view", "queues")],
            "practices": options("All practices", "Lakeshore Orthopedics PC", "Harbor Cardiology PA"),
            "dues": options("Any time", "Within a day", "Within a week"),
            "queues": [],
            "active": active,
            "reset_href": "/inbox",
        },
        "next_href": None if empty else "/inbox?after=50",
        "first_href": None,
        "changes_href": "/inbox/changes?view=queues",
        "cursor": "17",
        "updated_text": "10:42",
        **(pane() if opened and not empty else {"task": None}),
    }


def task(**more: Any) -> Context:
    """The task's head."""
    return {
        "id": TASK,
        "title": "Clinical review of appeal",
        "process": "Denial appeal",
        "case": {"number": "DN-20931", "href": f"/cases/{CASE}"},
        "due_text": "4 h left, due Tue Nov 24 15:00 EST",
        "due_iso": DUE,
        "due_state": "soon",
        "href": f"/tasks/{TASK}",
        "back_href": "/inbox",
        "back_label": "For me",
        "assignee": None,
        "is_mine": False,
        "may_claim": True,
        "claim_refusal": None,
        "version": 3,
        "is_done": False,
        "is_clinical": True,
        **more,
    }


def gate(state: str = "may_sign") -> Context:
    """The clinical gate."""
    yes = [
        {"ok": True, "text": "MD NY 214-887, active to 2027-06-30", "source": "source checked 3 days ago"},
        {"ok": True, "text": "Affiliated with Lakeshore since 2024-02-01", "source": "practice side, owner"},
        {"ok": True, "text": "Did not triage or prepare this case", "source": "prepared by Ben Tully"},
    ]
    no = [
        {"ok": False, "text": "Licensed in NJ only; the patient’s state is NY", "source": "license register, row 31"},
        {"ok": True, "text": "Affiliated with Lakeshore as a reviewer", "source": "since 2025-09-01"},
    ]
    return {
        "state": state,
        "as_of_iso": "2026-11-24T15:42:07+00:00",
        "as_of_text": "MD or DO · NY · as of 10:42:07 EST",
        "decision": "Medical necessity",
        "releases": "Submit appeal to payer",
        "who": "MD or DO, active in NY (the patient’s state), affiliated with Lakeshore Orthopedics",
        "you": {"may_sign": yes, "may_not": no}.get(state, []),
        "others": "3 may sign, 1 of them on leave. 9 may not: 6 MSO staff, 2 licensed in NJ only, 1 expired Nov 20.",
        "independence": "The practice decides. MSO staff cannot claim, pre-fill or edit this, nor pass it on.",
        "escalation": "Escalated to Mia Chen Nov 23 09:14. Payer deadline Dec 4." if state == "unstaffed" else None,
        "warning": "Your license ends 2 days before the deadline." if state == "may_sign" else None,
    }


def facts() -> list[Context]:
    """What the decision rests on."""
    pairs = (
        ("Patient", "J. Alvarez, 58 F", ""),
        ("Date of service", "Oct 14, 2026", ""),
        ("Procedure", "27447 total knee arthroplasty, left", ""),
        ("Diagnosis", "M17.12", ""),
        ("Payer", "Aetna", "PPO"),
        ("Denial", "CO-50 not medically necessary", ""),
        ("Payer deadline", "Fri Dec 4, 2026", ""),
        ("Counted as", "8 business days, NY calendar", ""),
    )
    return [{"label": label, "value": value, "sub": sub} for label, value, sub in pairs]


def stages() -> list[Context]:
    """How far the case has come."""
    names = ("Received", "Triage", "Decide", "Prepare", "Submit", "Payer decides", "Closed")
    return [
        {"name": name, "state": "done" if place < 2 else "now" if place == 2 else "next"}
        for place, name in enumerate(names)
    ]


def pane(**more: Any) -> Context:
    """The open task beside the list."""
    return {
        "task": task(**more),
        "gate": gate(),
        "facts": facts(),
        "since": {"when": "Fri 16:20", "text": "operative note added by Jo Park"},
        "stands": {
            "process": "Denial appeal v7",
            "step_text": "step 3 of 7",
            "stages": stages(),
            "note": "After you sign Supported, the appeal letter is filed with Aetna the same day.",
        },
        "next_url": f"/inbox?task={TASK}",
    }


def choice(value: str, label: str, hint: str, *, chosen: bool = False) -> OptionView:
    """One radio button of the outcome."""
    return OptionView(value=value, label=label, id=f"f-outcome-{value}", is_chosen=chosen, hint=hint)


def fields(*, wrong: bool = False, outcome: str = "", more: bool = False, codes: int = 1) -> list[FieldView]:
    """Every kind of field once. more: the field that the outcome asks for; codes: rows of the list."""
    outcomes = [
        choice(
            "supported",
            "Supported",
            "The denied service was medically necessary. The appeal is filed.",
            chosen=outcome == "supported",
        ),
        choice(
            "not_supported",
            "Not supported",
            "The case closes. The patient is told in writing.",
            chosen=outcome == "not_supported",
        ),
        choice(
            "more_records",
            "More records needed",
            "Returns to Ben with your list. The clock keeps running.",
            chosen=outcome == "more_records",
        ),
    ]
    sources = [
        OptionView(f"{place}", text, f"f-evidence-{place}", False)
        for place, text in enumerate(("Operative note, Oct 14", "X-ray left knee, Aug 2", "PT notes, 14 weeks"))
    ]
    criteria = [
        OptionView(f"{place}", text, f"f-criteria-{place}", False)
        for place, text in enumerate(("CPB 0660 A.1", "CPB 0660 A.2", "MCG S-700"))
    ]
    said = ("Choose one.",) if wrong else ()
    short = ("Clinical rationale: at least 20 characters.",) if wrong else ()
    listed = [
        [
            FieldView("text", f"codes.{place}.cpt", f"f-codes-{place}-cpt", "Code", is_required=True),
            FieldView("number", f"codes.{place}.units", f"f-codes-{place}-units", "Units", inputmode="numeric"),
        ]
        for place in range(codes)
    ]
    intro = blocks("Decide on the records alone. **Money is not part of this page.**")
    asked = (
        [FieldView("textarea", "records", "f-records", "Which records do you need", is_required=True)] if more else []
    )
    return [
        FieldView("prose", "", "f-intro", "", blocks=intro),
        FieldView(
            "radio",
            "outcome",
            "f-outcome",
            "Outcome",
            is_required=True,
            options=tuple(outcomes),
            errors=said,
            controls=True,
        ),
        *asked,
        FieldView(
            "textarea",
            "rationale",
            "f-rationale",
            "Clinical rationale",
            "Cite the records. The text goes into the letter unchanged.",
            True,
            "Short." if wrong else "",
            errors=short,
        ),
        FieldView("checklist", "evidence", "f-evidence", "Evidence reviewed", options=tuple(sources)),
        FieldView("select", "criteria", "f-criteria", "Criteria applied", options=tuple(criteria)),
        FieldView("date", "reviewed_on", "f-reviewed-on", "Reviewed on"),
        FieldView(
            "rows",
            "codes",
            "f-codes",
            "Codes supported",
            rows=tuple(map(tuple, listed)),
            may_add=True,
            may_remove=codes > 1,
        ),
        FieldView("shown", "plan", "f-plan", "Plan class", value="ERISA, self-funded"),
        FieldView(
            "checkbox",
            "attestation",
            "f-attestation",
            "I reviewed the records named above and decide on my own clinical judgment.",
            is_required=True,
        ),
    ]


def form(*, wrong: bool = False, **more: Any) -> Context:
    """The form of the clinical decision."""
    errors = [
        {"href": "#f-outcome", "text": "Outcome: choose one."},
        {"href": "#f-rationale", "text": "Clinical rationale: at least 20 characters."},
    ]
    return {
        "title": "Your decision",
        "version_text": "Form “Clinical review” v4",
        "fields": fields(wrong=wrong, **more),
        "errors": errors if wrong else [],
        "draft_text": "Draft saved 10:41",
        "draft_notice": "This form changed since your draft: “Criteria applied” is new." if wrong else None,
        "seen_version": 3,
        "request_id": "r1",
    }


def documents() -> list[Context]:
    """What the case holds."""
    listed = (
        ("Denial letter, Nov 9", "Aetna · 835 and letter"),
        ("Operative note, Oct 14", "Lakeshore chart · PDF, 4 pages"),
        ("X-ray left knee, Aug 2", "Summit Imaging · DICOM"),
        ("PT notes, 14 weeks", "Lakeshore chart · PDF, 22 pages"),
    )
    return [
        {
            "name": name,
            "href": f"/cases/{CASE}/documents/{DOCUMENT}",
            "sub": sub,
            "note": "New" if place == 1 else "",
            "note_state": "info",
        }
        for place, (name, sub) in enumerate(listed)
    ]


def timeline() -> list[Context]:
    """The story, newest first."""
    return [
        {"day": "New since your last visit, Fri 16:20", "is_new": True},
        {
            "icon": "file",
            "state": "",
            "actor": "Jo Park",
            "text": "added Operative note, Oct 14",
            "sub": "From the Lakeshore chart · a41f…09c2",
            "at_text": "today 08:51",
            "at_iso": DUE,
        },
        {"day": "Before", "is_new": False},
        {
            "icon": "shield-no",
            "state": "bad",
            "actor": "Ben Tully",
            "text": "was refused claiming Clinical review",
            "sub": "No clinical license. Nothing was changed.",
            "at_text": "Fri 11:02",
            "at_iso": DUE,
        },
        {
            "icon": "shield-ok",
            "state": "sealed",
            "actor": "Mia Chen, MD",
            "text": "signed Medical necessity",
            "sealed": "“Supported.” MD NY 301-222, signature 5c1e…77ab.",
            "at_text": "Fri 09:41",
            "at_iso": DUE,
        },
        {
            "icon": "check",
            "state": "ok",
            "actor": "Ben Tully",
            "text": "confirmed the triage: medical necessity",
            "at_text": "Fri 09:40",
            "at_iso": DUE,
        },
        {
            "icon": "bolt",
            "state": "",
            "text": "Denial received from Aetna",
            "sub": "835, CO-50, delivery 8f21c",
            "href": f"/deliveries/{DELIVERY}",
            "link": "Delivery",
            "at_text": "Nov 9 09:12",
            "at_iso": DUE,
        },
    ]


def task_page(*, mine: bool = True, **more: Any) -> Context:
    """The page of the clinical task."""
    head = task(is_mine=mine, may_claim=False)
    background = {
        "by": "Ben Tully, MSO",
        "text": "14 weeks of supervised physical therapy, two injections (May 6, Jul 1), KL grade 4 on Aug 2 film.",
    }
    return {
        **pane(),
        "task": head,
        "form": form(),
        "documents": documents(),
        "timeline": timeline()[1:],
        "background": background,
        **more,
    }


def refused_page() -> Context:
    """The same task for somebody licensed elsewhere."""
    asks = (
        ("Outcome", "Supported · Not supported · More records needed"),
        ("Clinical rationale", "Open. Another person’s draft is never shown."),
        ("Attestation", "Not given"),
    )
    shown = [{"label": label, "text": text} for label, text in asks]
    return task_page(
        mine=False,
        gate=gate("may_not"),
        form=None,
        asks=shown,
        asks_note="Read only: nothing is drafted by you",
        refused_href="/inbox",
    )


def plain_page() -> Context:
    """A task that is no decision: no gate."""
    head = task(title="Confirm the triage", is_clinical=False, is_mine=True, may_claim=False)
    asked = [one for one in fields() if one.kind not in ("checkbox", "prose")]
    return task_page() | {
        "task": head,
        "gate": None,
        "form": form() | {"title": "Your answers", "fields": asked},
        "background": None,
    }


def sign(error: str | None = None) -> Context:
    """The signature sheet."""
    relies = (
        ("Operative note, Oct 14", "a41f…09c2"),
        ("X-ray left knee, Aug 2", "77be…e310"),
        ("PT notes, pages 1–9", "0d52…41aa"),
    )
    return {
        "decision": "Medical necessity, DN-20931",
        "outcome": "Supported",
        "outcome_state": "ok",
        "rationale": "KL grade 4 osteoarthritis with 15° flexion contracture. Failed 14 weeks of supervised PT…",
        "rationale_note": "238 characters",
        "relies": [{"name": name, "hash": digest} for name, digest in relies],
        "rules": "Process v7 · form v4 · authority matrix 2026-11-01",
        "meaning": "I sign as the deciding physician. I reviewed the records above and decide on my own judgment.",
        "printed_name": "Ada Marsh, MD",
        "license_text": "NY 214-887 · active to 2027-06-30",
        "answers": [("outcome", "supported"), ("rationale", "KL grade 4")],
        "digest": "5c1e77ab",
        "seen_version": 3,
        "request_id": "r1",
        "error": error,
    }


def conflict() -> Context:
    """Somebody else was quicker."""
    return {
        "task": task(),
        "message": "Mia Chen, MD changed the documents at 10:44:02. Nothing of yours was lost.",
        "is_completed": False,
    }


def case_rows() -> list[Context]:
    """The list of cases, open and closed."""
    base = {
        "href": f"/cases/{CASE}",
        "process": "Denial appeal",
        "practice": "Lakeshore Orthopedics PC",
        "state": "NY",
        "payer": "Aetna",
        "outcome": None,
        "outcome_state": "",
        "opened_text": "Nov 9",
        "opened_iso": DUE,
        "deadline_iso": "2026-12-04",
    }
    return [
        {
            **base,
            "number": "DN-20931",
            "stage": "Clinical review",
            "status": "open",
            "amount": "$38,420.00",
            "deadline_text": "Fri Dec 4, 2026",
            "deadline_state": "soon",
        },
        {
            **base,
            "number": "DN-20417",
            "stage": "Correct and resubmit",
            "status": "open",
            "amount": "$412.50",
            "deadline_text": "Missed Nov 20",
            "deadline_state": "overdue",
        },
        {
            **base,
            "number": "DN-20311",
            "stage": "",
            "status": "closed",
            "outcome": "Overturned",
            "outcome_state": "ok",
            "amount": "$2,115.00",
            "deadline_text": "",
            "deadline_state": "",
        },
        {
            **base,
            "number": "DN-20288",
            "stage": "",
            "status": "closed",
            "outcome": "Written off",
            "outcome_state": "bad",
            "amount": None,
            "deadline_text": "",
            "deadline_state": "",
        },
    ]


def cases() -> Context:
    """The list of cases with its filter."""
    filters = {
        "q": "",
        "practices": options("All practices", "Lakeshore Orthopedics PC"),
        "statuses": options("Open", "Closed", "All"),
        "processes": options("All processes", "Denial appeal"),
        "is_active": True,
        "reset_href": "/cases/",
    }
    return {
        "rows": case_rows(),
        "filters": filters,
        "count_text": "4 shown",
        "next_href": "/cases/?after=1",
        "first_href": None,
    }


def case() -> Context:
    """The case's head."""
    return {
        "id": CASE,
        "number": "DN-20931",
        "process": "Denial appeal",
        "practice": "Lakeshore Orthopedics PC",
        "state": "NY",
        "payer": "Aetna",
        "status": "open",
        "is_open": True,
        "outcome": None,
        "outcome_state": "",
        "badges": [{"text": "Legal hold", "state": "warn", "icon": "lock"}],
        "diagram_href": f"/cases/{CASE}/diagram",
        "href": f"/cases/{CASE}",
        "version_text": "v7",
    }


def case_page() -> Context:
    """The page of the case."""
    adjustments = [{"code": "CO-50", "text": "Not deemed a medical necessity by the payer", "amount": "$38,420.00"}]
    line = {
        "service": "27447-LT, Oct 14, 2026",
        "charge": "$38,420.00",
        "paid": "$0.00",
        "denied": "$38,420.00",
        "adjustments": adjustments,
        "remarks": [{"code": "N130", "text": "Consult plan benefit documents"}],
    }
    open_task = {
        "title": "Clinical review of appeal",
        "href": f"/tasks/{TASK}",
        "state_text": "Open",
        "state": "info",
        "who": "Physician reviewers",
        "due_text": "4 h left",
        "due_iso": DUE,
        "due_state": "soon",
    }
    done_task = {
        "title": "Confirm the triage",
        "href": f"/tasks/{TASK}",
        "state_text": "Done",
        "state": "ok",
        "who": "Ben Tully",
        "due_text": "",
    }
    return {
        "case": case(),
        "stages": stages(),
        "clock": {
            "label": "Next legal clock",
            "deadline_text": "Level 1 appeal due Fri Dec 4, 2026",
            "deadline_iso": "2026-12-04",
            "left_text": "8 business days",
            "counted_text": "NY calendar, Nov 26 skipped",
            "used_percent": 54,
            "used_text": "Our own target: Tue Dec 1",
            "state": "",
        },
        "standing": [
            {
                "name": "Clinical review of appeal",
                "text": "open since Fri Nov 20 09:41. 3 people may sign; nobody holds it.",
                "href": f"/tasks/{TASK}",
            }
        ],
        "facts": [*facts(), {"label": "Claim", "value": "2210-77431"}],
        "lines": [line],
        "shows_money": True,
        "tasks": [open_task, done_task],
        "documents": documents(),
        "stopped": stopped(),
        "decided": decided(),
        "decided_href": f"/cases/{CASE}/decisions",
        "timeline": timeline(),
        "timeline_next_href": f"/cases/{CASE}?after=7",
        "timeline_count_text": "214 entries, newest first",
        "related": [
            {"number": "DN-20877", "href": f"/cases/{CASE}", "text": "Same policy, overturned", "sub": "closed Oct 30"}
        ],
    }


def stopped() -> list[Context]:
    """Two incidents: an expression, and a table without a fitting row."""
    marked = {"before": "if ", "part": "claim.amuont", "after": ' > 1000 then "lead" else "queue"'}
    expression = {
        "title": "Who prepares it?",
        "message": 'The expression if claim.amuont > 1000 then "lead" else "queue" cannot be used. No "amuont".',
        "at_text": "today 09:12",
        "at_iso": DUE,
        "table_href": None,
        "details": {"expression": marked, "rows": [{"label": "Names it reads", "value": "claim.amuont"}]},
    }
    table = {
        "title": "Find plan class",
        "message": 'No row of the table of "Plan class of a claim" fits (columns: filing indicator).',
        "at_text": "today 09:12",
        "at_iso": DUE,
        "table_href": f"/cases/{CASE}/decisions/{DOCUMENT}",
        "details": {"expression": None, "rows": [{"label": "Columns", "value": "filing indicator"}]},
    }
    return [expression, table]


def decided() -> list[Context]:
    """What two tables answered."""
    triage = {
        "name": "Triage of one adjustment",
        "href": f"/cases/{CASE}/decisions/{DOCUMENT}",
        "element": "Triage the denial",
        "verdict": "Row 2 decided",
        "is_open": False,
        "notes": ["S: CARC 50, medical necessity"],
        "result": "Route: clinical review · Clinical: yes",
        "inputs": [{"label": "CARC", "value": "50"}, {"label": "group code", "value": "CO"}],
        "at_text": "Fri 09:41",
        "at_iso": DUE,
    }
    nothing = {**triage, "name": "Plan class of a claim", "verdict": "No row fits", "is_open": True, "notes": []}
    return [nothing, triage]


def decisions() -> Context:
    """The page of all decisions."""
    head = {"number": "DN-20931", "href": f"/cases/{CASE}", "decisions_href": f"/cases/{CASE}/decisions"}
    return {"case": head, "decided": decided(), "next_href": f"/cases/{CASE}/decisions?after=7", "first_href": None}


def _rule(number: int, state: str, cells: tuple[str, str], outputs: list[str], why: str = "") -> Context:
    words = {"decided": "counts", "fits": "fits too, later", "no": "does not fit"}
    return {
        "number": number,
        "state": state,
        "state_text": words[state],
        "why": why,
        "cells": [
            {"column": column, "text": text, "is_any": text == "-", "is_no": column in why}
            for column, text in zip(("CARC", "group code"), cells, strict=True)
        ],
        "outputs": outputs,
        "note": "S: CARC 50, medical necessity" if state == "decided" else "",
    }


def decision() -> Context:
    """One decision with its table."""
    no = 'CARC: "50" is none of "193", "285"'
    rows = [
        _rule(1, "no", ('"193", "285"', "-"), ['"appeal_outcome"', '"no"'], no),
        _rule(2, "decided", ('"50", "55"', '"CO", "PR"'), ['"clinical_review"', '"yes"']),
        _rule(3, "fits", ("-", "-"), ['"triage_manual"', '"yes"']),
    ]
    table = {
        "title": "Triage of one adjustment",
        "policy": "The first row that fits decides.",
        "verdict": "Row 2 decided",
        "result": "Route: clinical review · Clinical: yes",
        "columns": [{"name": "CARC", "value": "50"}, {"name": "group code", "value": "CO"}],
        "gives": ["route", "clinical"],
        "rows": rows,
    }
    shown = {**decided()[1], "version": "a41f…09c2", "process_version": "v3", "problems": [], "tables": [table]}
    return {"case": {**decisions()["case"], "process": "Denial appeal"}, "decision": shown}


@cache
def drawing() -> str:
    """The process as it is shipped."""
    return PROCESS.read_text(encoding="utf-8")


def diagram() -> Context:
    """Where the case stands."""
    states = {
        "denied": "done",
        "open_case": "done",
        "triage_denial": "done",
        "find_plan_class": "done",
        "triage_confirm": "done",
        "clinical_review": "now",
        "deadline_alarm": "failed",
    }
    where = [
        {
            "element_id": "clinical_review",
            "name": "Clinical review of appeal",
            "state": "now",
            "state_text": "Open",
            "since_text": "Fri Nov 20 09:41",
            "since_iso": DUE,
            "who": "3 may sign",
        },
        {
            "element_id": "deadline_alarm",
            "name": "Deadline alarm",
            "state": "failed",
            "state_text": "Failed",
            "since_text": "today 08:00",
            "since_iso": DUE,
            "who": "",
        },
        {
            "element_id": "triage_confirm",
            "name": "Confirm the triage",
            "state": "done",
            "state_text": "Done",
            "since_text": "Fri Nov 20 09:40",
            "since_iso": DUE,
            "who": "Ben Tully",
        },
    ]
    return {
        "case": case(),
        "boot": {"xml": drawing(), "states": states, "tokens": {"clinical_review": 1, "deadline_alarm": 1}},
        "where": where,
    }


def delivery_rows() -> list[Context]:
    """The log."""
    base = {
        "href": f"/deliveries/{DELIVERY}",
        "at_iso": DUE,
        "source": "era835",
        "event": "Remittance (835)",
        "took_text": "0.4 s",
        "attempt_text": "1",
    }
    results = (
        ("Processed", "ok", "check"),
        ("Quarantined", "warn", "stop"),
        ("Failed", "bad", "stop"),
        ("Received", "", "clock"),
    )
    linked = [{"number": "DN-20931", "href": f"/cases/{CASE}"}]
    return [
        {
            **base,
            "id": str(place),
            "at_text": f"today 10:4{place}",
            "message_id": f"msg_2f9c41b8a7{place}",
            "result": text,
            "result_state": state,
            "result_icon": icon,
            "cases": linked if state == "ok" else [],
        }
        for place, (text, state, icon) in enumerate(results)
    ]


def deliveries() -> Context:
    """The log with its filter."""
    filters = {
        "sources": options("Any source", "era835"),
        "results": options("Any result", "Processed"),
        "q": "",
        "is_active": False,
    }
    return {
        "rows": delivery_rows(),
        "filters": filters,
        "count_text": "4 shown",
        "next_href": "/deliveries/?after=1",
        "first_href": None,
    }


def delivery(error: str | None = None) -> Context:
    """One delivery that was quarantined."""
    return {
        "delivery": {
            **delivery_rows()[1],
            "received_text": "today 10:41",
            "received_iso": DUE,
            "status": "quarantined",
            "size_text": "4,112 bytes",
            "may_replay": True,
            "replay_refusal": None,
        },
        "checks": [
            {"ok": True, "text": "Signature matches the current secret", "source": "whsec_…9f"},
            {"ok": False, "text": "Transaction is out of balance", "source": "BPR02 1,200.00, claims 1,150.00"},
        ],
        "diagnostics": [
            {
                "severity": "error",
                "where": "BPR, segment 3",
                "text": "The payment is 50.00 more than its claims add up to.",
            },
            {"severity": "warning", "where": "CLP 3, segment 214", "text": "Remark N999 is not in the code list."},
        ],
        "cases": [],
        "headers": [
            {"name": "webhook-id", "value": "msg_2f9c41b8a71"},
            {"name": "content-type", "value": "application/edi-x12"},
        ],
        "body": "ISA*00*          *00*          *ZZ*AETNA          *ZZ*LAKESHORE      *261109*0912*^*00501*905*0*P*:~",
        "body_note": "4,112 bytes, masked",
        "replay_error": error,
        "replay_reason": "",
    }


def sign_in(error: str | None = None) -> Context:
    """The door, with the cast of the demo."""
    cast = (
        ("ada@lakeshore.example", "Ada Marsh, MD", "Physician, owner of Lakeshore Orthopedics", "MD · NY"),
        ("ben@meridian.example", "Ben Tully", "Billing specialist, MSO", ""),
        ("cleo@harbor.example", "Cleo Hart, MD", "Physician at Harbor Cardiology, reviewer at Lakeshore", "MD · NJ"),
        ("dev@meridian.example", "Dev Rao", "Process admin, MSO", ""),
        ("eve@mesa.example", "Eve Stone", "Staff of Mesa Family Medicine", ""),
        ("gus@meridian.example", "Gus Ortega", "Compliance officer, MSO", ""),
    )
    people = [
        {"email": email, "name": name, "role": role, "badge": badge, "badge_ok": bool(badge), "password": None}
        for email, name, role, badge in cast
    ]
    return {
        "email": "ben@meridian.example" if error else "",
        "error": error,
        "notice": None,
        "next": "",
        "demo_accounts": people,
        "frame": {"me": None, "nav": [], "practice": None},
    }


def models(*, refused: bool = False) -> Context:
    """Choosing a model of another tool."""
    why = ["The file is not well-formed XML: line 12, column 4. Export it again."]
    error = "refund.bpmn cannot be read as a model." if refused else None
    return {"limit": model_views.LIMIT, "error": error, "findings": why if refused else []}


def model_page(name: str = "camunda7") -> Context:
    """A model of another tool with everything that is said about it."""
    data = own("camunda7")
    if name == "undrawn":
        data = data[: data.index(b"  <bpmndi:BPMNDiagram")] + b"</bpmn:definitions>"
    return {
        **model_views.page(data, f"{name}.bpmn", LintContext()),
        "error": "Nothing was chosen." * (name == "undrawn"),
    }


def model_repaired() -> Context:
    """The same after everything certain was repaired."""
    data = own("camunda7")
    offered = [one for one in propose(data) if one.is_mechanical]
    repaired = apply(data, {one.id: "" for one in offered})
    made = [model_views.repair(one, read(data)) for one in offered]
    return {**model_views.page(repaired, "camunda7-repaired.bpmn", LintContext()), "made": made}
