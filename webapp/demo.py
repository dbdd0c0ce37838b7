"""The demonstration: the cast with generated passwords, and what Lakeshore knows about two payers."""

from pathlib import Path

from flask import current_app

from mso import demo as cast
from mso.denials.models import PayerProfile
from store import clock, ids
from store.practice import as_practice
from store.transaction import transaction
from webapp import demo_accounts, shipped

PAYERS = (
    PayerProfile(
        practice_id=cast.LAKESHORE,
        payer_id="SYN01",
        name="Synthetic Health Plan",
        contracted="yes",
        managed_care="no",
        capacity="provider",
        funding="insured",
        plan_class=None,
        dispute_days=90,
        source="Participation agreement of 2024, section 7.2 (invented)",
    ),
)


WORK = {
    "ada": "Physician, owner of Lakeshore Orthopedics",
    "ben": "Billing specialist, MSO",
    "cleo": "Physician, licensed in New Jersey only",
    "dev": "Process admin, MSO",
    "eve": "Front desk of another practice",
    "fay": "Attorney, New York bar",
    "gus": "Compliance officer, MSO",
    "hana": "Nurse practitioner at Lakeshore",
    "ivo": "Credentialing specialist, MSO",
    "mia": "Medical director of Lakeshore",
    "lena": "Denial lead, MSO",
    "max": "Auditor",
    "sam": "MSO administrator",
}
"""What the sign-in page says about each of the cast."""


def load() -> None:
    """Load the demonstration into this application's database. Loading it again adds nothing and keeps passwords."""
    home: Path = current_app.config["HOME"]
    shipped.install("Meridian Health Services", "NY")
    known = {person["email"]: person["password"] for person in demo_accounts.read(home)}
    passwords = {one.email: known.get(one.email) or ids.password() for one in cast.CAST}
    cast.create_cast(passwords, now=clock.now())
    with as_practice(cast.LAKESHORE), transaction() as session:
        for payer in PAYERS:
            session.merge(payer)
    demo_accounts.write(home, [_account(one, passwords[one.email]) for one in cast.CAST])


def _account(one: cast.Member, secret: str) -> dict[str, object]:
    license_ = one.license
    return {
        "email": one.email,
        "name": one.name,
        "role": WORK[one.key],
        "badge": f"{license_[0]} · {license_[1]}" if license_ else "",
        "badge_ok": license_ is not None,
        "password": secret,
    }
