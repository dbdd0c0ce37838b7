"""What is wrong with a remittance, said without any patient data.

A diagnostic never carries a name or a member id: its datum is empty for NM1 segments and for anything that
does not look like a code or an amount.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

KEPT_PER_SEVERITY = 200
_LETTER, _DIGIT = re.compile("[A-Z]"), re.compile("[0-9]")
_UNREADABLE = frozenset(
    {"amount_unreadable", "date_unreadable", "service_composite", "segment_unknown", "contact_unknown"}
)
_PLAIN_DATUM = re.compile(r"(?=.*[0-9])[A-Z0-9.:+<>=^|\-]{1,40}|[A-Z]{1,2}")


class Severity(StrEnum):
    """What a diagnostic does to its scope.

    refuse:     the whole file is kept but not read.
    quarantine: the transaction (for an envelope fault: every transaction of the interchange) opens no case
                until a person releases it.
    warning:    shown, changes nothing.
    """

    REFUSE = "refuse"
    QUARANTINE = "quarantine"
    WARNING = "warning"


SENTENCES = {
    "not_x12": "The bytes do not begin with an ISA segment, so this is not an X12 file.",
    "isa_malformed": "The ISA segment is not 106 characters long with its separators in place.",
    "undecodable": "The file contains bytes that are not UTF-8 text, or a NUL character.",
    "file_over_cap": "The file is larger than the reader accepts.",
    "interchanges_over_cap": "The file has more interchanges than the reader accepts.",
    "segment_over_cap": "A segment or an element is longer than the reader accepts.",
    "segments_over_cap": "A transaction has more segments than the reader accepts.",
    "claims_over_cap": "A transaction has more claims than the reader accepts.",
    "triplets_over_cap": "A CAS segment has more than six reason, amount, quantity triplets.",
    "modifiers_over_cap": "A service line has more than four modifiers.",
    "data_after_interchange": "Something that is not an ISA segment follows the end of an interchange.",
    "unterminated": "The file ends in the middle of a segment; it may have been cut.",
    "iea_missing": "The interchange has no IEA segment; the file may have been cut.",
    "iea_count": "IEA01 does not give the number of functional groups.",
    "iea_control": "IEA02 is not the control number of ISA13.",
    "gs_missing": "A transaction stands outside a functional group.",
    "ge_missing": "A functional group has no GE segment.",
    "ge_count": "GE01 does not give the number of transactions in the group.",
    "ge_control": "GE02 is not the control number of GS06.",
    "outside_transaction": "A segment stands outside every transaction.",
    "se_missing": "The transaction has no SE segment; it may have been cut.",
    "se_count": "SE01 does not give the number of segments of the transaction.",
    "se_control": "SE02 is not the control number of ST02.",
    "not_an_835": "The transaction is not a remittance advice (ST01 is not 835).",
    "version_unexpected": "The group names another guide than 005010X221A1.",
    "payment_missing": "The transaction has no BPR segment, so its total cannot be checked.",
    "payment_date_missing": "BPR16 is missing or is not a date.",
    "trace_missing": "The transaction has no TRN segment, so it cannot be told from a second delivery.",
    "segment_unknown": "A segment identifier is not part of the 835.",
    "segment_order": "A segment stands where the guide does not allow it.",
    "service_composite": "SVC01 has no known qualifier and code; the component separator may be wrong.",
    "amount_unreadable": "An amount is missing or is not a decimal number.",
    "date_unreadable": "A date is not a calendar date.",
    "contact_unknown": "A PER segment has an unknown function code.",
    "claim_number_missing": "CLP07 is empty; the claim is told apart by CLP01, charge and date.",
    "reason_unknown": "A reason code is not in the catalog; a person triages it.",
    "line_balance": "SVC02 minus the line's adjustments is not SVC03.",
    "claim_balance": "CLP03 minus the adjustments of the claim and its lines is not CLP04.",
    "transaction_balance": "BPR02 is not the sum of CLP04 minus the provider adjustments.",
    "line_charges": "The service charges do not add up to CLP03.",
}


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about a file.

    code:          stable, a key of SENTENCES.
    path:          where, by ordinals and control numbers only, such as "ST[0001]/CLP[3]/SVC[1]".
    segment_index: 1-based position in the file, ISA = 1; 0 when no segment is meant.
    datum:         the offending code or amount, its shape or nothing where it could be patient data.
    """

    code: str
    severity: Severity
    path: str
    segment_index: int
    datum: str = ""

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code]


def masked(datum: str, code: str = "") -> str:
    """The datum if it looks like a code or an amount, else nothing: letters alone may be a name.

    Of what could not be read only the shape is kept (12A-X as 99A-A): in a shifted segment anything may stand there,
    such as a member id.
    """
    if not _PLAIN_DATUM.fullmatch(datum):
        return ""
    return _DIGIT.sub("9", _LETTER.sub("A", datum)) if code in _UNREADABLE else datum


@dataclass(slots=True)
class Findings:
    """Collects diagnostics with a bound per severity, so a hostile file cannot fill the memory."""

    kept: list[Diagnostic] = field(default_factory=list)
    counts: dict[Severity, int] = field(default_factory=dict)

    def add(self, code: str, severity: Severity, path: str, segment_index: int, datum: str = "") -> None:
        seen = self.counts.get(severity, 0)
        self.counts[severity] = seen + 1
        if seen < KEPT_PER_SEVERITY:
            self.kept.append(Diagnostic(code, severity, path, segment_index, masked(datum, code)))

    def refuse(self, code: str, path: str, segment_index: int, datum: str = "") -> None:
        self.add(code, Severity.REFUSE, path, segment_index, datum)

    def quarantine(self, code: str, path: str, segment_index: int, datum: str = "") -> None:
        self.add(code, Severity.QUARANTINE, path, segment_index, datum)

    def warn(self, code: str, path: str, segment_index: int, datum: str = "") -> None:
        self.add(code, Severity.WARNING, path, segment_index, datum)
