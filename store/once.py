"""A question that one transaction asks several times is answered once."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

V = TypeVar("V")
_ANSWERS = "answers"


def once(session: Session, question: Hashable, answer: Callable[[], V]) -> V:
    """The answer to a question; forgotten with the transaction. Only for what is shown: an act asks anew."""
    transaction = session.get_transaction()
    held, answers = session.info.get(_ANSWERS, (None, {}))
    if held is not transaction or transaction is None:
        answers = {}
    if question not in answers:
        answers[question] = answer()
        session.info[_ANSWERS] = (session.get_transaction(), answers)
    known: Any = answers[question]
    return known  # type: ignore[no-any-return]
