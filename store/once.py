"""A question that one transaction asks several times is answered once."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

V = TypeVar("V")
_ANSWERS = "answers"


def once(session: Session, question: Hashable, answer: Callable[[], V]) -> V:
    """The answer to a question; forgotten with the transaction. For an act only what was read under its locks."""
    answers = _answers(session)
    if question not in answers:
        found = answer()
        answers = _answers(session)  # The answer may have begun the transaction.
        answers[question] = found
    known: Any = answers[question]
    return known  # type: ignore[no-any-return]


def tell(session: Session, question: Hashable, answer: Any) -> None:
    """Give the answer beforehand, because it was read together with other things."""
    _answers(session)[question] = answer


def forget(session: Session, question: Hashable) -> None:
    """Ask anew next time."""
    _answers(session).pop(question, None)


def _answers(session: Session) -> dict[Hashable, Any]:
    transaction = session.get_transaction()
    held, answers = session.info.get(_ANSWERS, (None, {}))
    if held is not transaction or transaction is None:
        answers = {}
        session.info[_ANSWERS] = (transaction, answers)
    known: dict[Hashable, Any] = answers
    return known
