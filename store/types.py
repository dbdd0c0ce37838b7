"""How a table is protected. Grants, row policies and triggers are generated from this declaration (store/roles.py)."""

from dataclasses import dataclass
from typing import Literal

Writer = Literal["app", "register", "owner"]


@dataclass(frozen=True)
class Protection:
    """The class of a table.

    tenant:      rows belong to a practice (`practice_id`); row-level security is enabled and forced.
    append_only: rows are inserted and never changed; a trigger refuses the rest.
    writer:      which database role writes: the application, the register verbs, or only the owner (migrations and
                 definer functions).
    guarded:     a trigger compares its rows with those of other tables, so its writes are statements of their own.
    """

    tenant: bool
    append_only: bool = False
    writer: Writer = "app"
    guarded: bool = False


TENANT = Protection(tenant=True)
TENANT_APPEND_ONLY = Protection(tenant=True, append_only=True)
SHARED = Protection(tenant=False)
SHARED_APPEND_ONLY = Protection(tenant=False, append_only=True)
REGISTER_FACT = Protection(tenant=False, append_only=True, writer="register")
