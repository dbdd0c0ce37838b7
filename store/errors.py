"""The product's errors: one class per thing a caller can act on.

DomainError
├── NotFound            nothing with that id that this person may see
├── Conflict            the record moved on; reload and decide again
├── Refused             understood, and not allowed; leaves an audit entry
├── Invalid             the input breaks a rule; `fields` says which
├── Unavailable         nothing is wrong with the input; the same again works later
└── NotConfigured       the installation lacks something; an operator must act

`code` is public and stable. `message` is a whole sentence that ends in a next step; its {names} are filled from the
facts given. Domain code never names an HTTP status: webapp/errors.py maps the families once.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class DomainError(Exception):
    """Anything the product refuses in words. Facts become attributes and fill the message."""

    code: ClassVar[str] = "error"
    message: ClassVar[str] = "The request could not be carried out."

    def __init__(self, message: str | None = None, **facts: Any) -> None:
        self.facts = facts
        self.text = message if message is not None else self.message.format(**facts)
        super().__init__(self.text)


class NotFound(DomainError):
    """Nothing with that id, or not in a practice of this person: the same answer for both."""

    code = "not_found"
    message = "Not found, or not in your practice. Check the link or ask the person who sent it."


class Conflict(DomainError):
    """The record moved on since it was read."""

    code = "conflict"
    message = "This changed since you opened it. Reload and decide again; your text is kept as a draft."


class Refused(DomainError):
    """Understood, and not allowed.

    `by`, `on` and `audit_facts` go into the audit entry that a refusal leaves (no personal health information).
    """

    code = "refused"
    message = "You may not do this. Ask the owner of the case who can."

    def __init__(
        self,
        message: str | None = None,
        *,
        by: object = None,
        on: str = "",
        audit_facts: Mapping[str, Any] | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(message, **facts)
        self.by, self.on, self.audit_facts = by, on, dict(audit_facts or {})


class Invalid(DomainError):
    """The input breaks a rule. `fields` maps a field's label or key to sentences."""

    code = "invalid"
    message = "Some answers need attention. Correct the fields named below and send again."

    def __init__(
        self, message: str | None = None, *, fields: Mapping[str, list[str]] | None = None, **facts: Any
    ) -> None:
        super().__init__(message, **facts)
        self.fields = dict(fields or {})


class Unavailable(DomainError):
    """Something we need does not answer now."""

    code = "unavailable"
    message = "This is not available right now. Try again in a moment."


class NotConfigured(DomainError):
    """Something an operator has to provide is missing."""

    code = "not_configured"
    message = "The installation is not complete. See the operator's guide."


class NestedTransaction(RuntimeError):
    """A verb opened a transaction inside another one: a programming error."""


class NoTransaction(RuntimeError):
    """Something that must ride on the caller's transaction was called without one: a programming error."""
