"""Names of people and practices in answers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from mso.people import get_person


class Names:
    """Who is who in one answer; each person is read once. practices: id -> (name, state), see webapp.frame."""

    def __init__(self, session: Session, practices: Mapping[int, tuple[str, str]]) -> None:
        self._session, self._practices = session, practices
        self._people: dict[UUID, str] = {}

    def person(self, person_id: UUID | None) -> dict[str, Any] | None:
        """A person as the schema Named; None for nobody."""
        if person_id is None:
            return None
        if person_id not in self._people:
            self._people[person_id] = get_person(self._session, person_id).printed_name
        return {"id": person_id, "name": self._people[person_id]}

    def practice(self, practice_id: int) -> dict[str, Any]:
        """A practice as the schema Practice."""
        name, state = self._practices.get(practice_id, ("MSO", ""))
        return {"id": practice_id, "name": name, "state": state or None}
