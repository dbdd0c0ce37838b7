"""Letters and packets: what the clinician wrote stands in them unchanged, and the same facts give the same bytes."""

import hashlib
import json
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import pairwise

import pytest
from pypdf import PdfReader

from mso.denials.letters import (
    ClinicalTextMissing,
    Excerpt,
    Letter,
    Part,
    Party,
    Signature,
    Subject,
    bind,
    draft,
    excerpt_page,
    letter_page,
    list_page,
    manifest,
    signature_page,
)

TODAY = date(2026, 11, 24)
REVIEW = {
    "criterion_cited": "LCD L34220",
    "criterion_met": "yes",
    "clinical_facts": "Six weeks of therapy failed (page 2).\n\nThe film shows grade 4 changes.",
    "rationale": "The record meets each element of the policy; further therapy would not help.",
    "no_conflict": True,
}
SUBJECT = Subject(
    (
        ("Our reference", "DN-2026-0042"),
        ("Patient", "Zoë Núñez-Wójcik, née Ångström (member MEM0002)"),
        ("Denial", "CO-50 not deemed medically necessary"),
    )
)
PRACTICE, PAYER = Party("Lakeshore Orthopedics PC", ("NPI 1999999984",)), Party("Synthetic Health Plan")
SIGNED = Signature(
    "Mia Chen, MD",
    "MD New York 123456",
    "I attest that these statements are my own judgment.",
    datetime(2026, 11, 24, 15, 4, 5, tzinfo=UTC),
    "cd" * 32,
    "ab" * 32,
)


@pytest.fixture
def letter() -> Letter:
    opening, clinical, request = draft(REVIEW, SUBJECT, 1)
    return Letter(PRACTICE, PAYER, SUBJECT, TODAY, opening, clinical, request)


def words(data: bytes) -> str:
    """The text of a PDF on one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages).split())


def parts(letter: Letter) -> list[Part]:
    excerpt = Excerpt("27447 RT", (("CO-50", "not medically necessary"),), (("N115", "LCD used"),), ("CAS*CO*50*1200",))
    return [
        Part("Appeal letter", letter_page(letter)),
        Part("Attestation", signature_page(letter, SIGNED)),
        Part("Excerpt of the remittance", excerpt_page([excerpt], [("Claim", "PCCN0002")], TODAY)),
    ]


def test_the_clinical_paragraphs_are_the_physicians_words_and_nothing_else() -> None:
    _, clinical, _ = draft(REVIEW, SUBJECT, 1)
    assert [text for _, text in clinical] == [REVIEW["criterion_cited"], REVIEW["clinical_facts"], REVIEW["rationale"]]


def test_the_staffs_paragraphs_hold_none_of_the_physicians_words() -> None:
    opening, clinical, request = draft(REVIEW, SUBJECT, 2)
    assert "level 2" in opening
    assert all(text not in opening + request for _, text in clinical)


@pytest.mark.parametrize("review", [None, {}, {**REVIEW, "rationale": ""}])
def test_without_a_physicians_rationale_there_is_no_clinical_letter(review: dict[str, object] | None) -> None:
    with pytest.raises(ClinicalTextMissing):
        draft(review, SUBJECT, 1)


def test_a_letter_refuses_edits(letter: Letter) -> None:
    with pytest.raises(FrozenInstanceError):
        letter.opening = "Other words."  # type: ignore[misc]
    with pytest.raises(TypeError):
        letter.clinical[2] = ("Clinical rationale", "Other words.")  # type: ignore[index]


def test_the_same_letter_gives_the_same_bytes(letter: Letter) -> None:
    assert letter_page(letter) == letter_page(replace(letter))


@pytest.mark.parametrize(
    "change",
    [
        {"opening": "We appeal."},
        {"request": "Please pay."},
        {"argument": "The contract says so."},
        {"written_on": date(2026, 11, 25)},
        {"clinical": (("Clinical rationale", "Other words."),)},
        {"addressee": Party("Another plan")},
    ],
    ids=lambda one: next(iter(one)),
)
def test_any_edit_changes_the_fingerprint(letter: Letter, change: dict[str, object]) -> None:
    prints = {hashlib.sha256(letter_page(one)).hexdigest() for one in (letter, replace(letter, **change))}  # type: ignore[arg-type]
    assert len(prints) == 2


def test_a_letter_shows_every_name_as_it_is_written(letter: Letter) -> None:
    assert "Zoë Núñez-Wójcik, née Ångström" in words(letter_page(letter))


def test_the_letter_reads_as_text_in_its_order(letter: Letter) -> None:
    text = words(letter_page(letter))
    order = ["Lakeshore", "November 24, 2026", "Synthetic Health Plan", "To whom", letter.opening[:20]]
    order += [str(REVIEW["rationale"])[:30], letter.request[:20], "Sincerely"]
    places = [text.index(one) for one in order]
    assert all(before < after for before, after in pairwise(places))


def test_an_administrative_letter_is_signed_for_the_practice(letter: Letter) -> None:
    text = words(letter_page(replace(letter, clinical=(), argument="The claim was accepted on October 10.")))
    assert "for Lakeshore Orthopedics PC" in text
    assert "electronically" not in text


def test_a_long_letter_never_ends_a_page_with_a_heading(letter: Letter) -> None:
    for lines in range(18, 24):
        facts = "\n".join(["The record shows it."] * lines)
        clinical = (("Facts of the medical record", facts), ("Clinical rationale", "It meets the policy."))
        for page in PdfReader(BytesIO(letter_page(replace(letter, clinical=clinical)))).pages:
            assert page.extract_text().strip().splitlines()[-1] not in ("Clinical rationale", "Request")


def test_the_attestation_names_the_signer_the_license_and_the_letter(letter: Letter) -> None:
    text = words(signature_page(letter, SIGNED))
    for one in ("Mia Chen, MD", "MD New York 123456", "2026-11-24 15:04:05 UTC", SIGNED.letter, SIGNED.signature):
        assert one in text


def test_the_packet_holds_its_parts_in_order_with_page_stamps(letter: Letter) -> None:
    packet = bind("DN-2026-0042", parts(letter), TODAY)
    pages = [page.extract_text() for page in PdfReader(BytesIO(packet)).pages]
    for number, page in enumerate(pages, start=1):
        assert f"DN-2026-0042 · page {number} of {len(pages)}" in page
    assert "CAS*CO*50*1200" in pages[-1]
    assert "LCD used" in pages[-1]
    for part in parts(letter):
        assert part.sha256 in pages[0]
    assert [one.title for one in PdfReader(BytesIO(packet)).outline][1:] == [one.title for one in parts(letter)]  # type: ignore[union-attr]


def test_the_contents_say_on_which_page_a_part_begins_even_when_they_are_long(letter: Letter) -> None:
    many = [Part(f"Record {place}", list_page(f"Record {place}", [], TODAY)) for place in range(20)]
    pages = [page.extract_text() for page in PdfReader(BytesIO(bind("DN-1", many, TODAY))).pages]
    contents = next(page for page in pages if "Record 19" in page)
    first = int(contents.split("Record 19")[1].split("page ")[1].split()[0])
    assert pages[first - 1].startswith("Record 19")


def test_a_packet_is_the_same_bytes_again(letter: Letter) -> None:
    assert bind("DN-1", parts(letter), TODAY) == bind("DN-1", parts(letter), TODAY)


def test_the_manifest_lists_every_part_by_hash(letter: Letter) -> None:
    packet = bind("DN-1", parts(letter), TODAY)
    listed = json.loads(manifest("DN-1", parts(letter), packet))
    assert listed["packet"] == hashlib.sha256(packet).hexdigest()
    assert [one["sha256"] for one in listed["parts"]] == [hashlib.sha256(one.data).hexdigest() for one in parts(letter)]
