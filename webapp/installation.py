"""What this installation knows that a check of a model asks for: queues, decision types, operators."""

from mso import authority, people
from store import clock
from store.transaction import reading
from workflows import service_tasks
from workflows.lint import LintContext, declared_types


def known() -> LintContext:
    """Without forms and decision tables: those come with the files of a model."""
    with reading() as session:
        types = authority.decision_types(session, clock.now().date())
        groups = [one.key for one in people.list_groups(session)]
    catalog = service_tasks.catalog()
    return LintContext(
        decision_types={key: frozenset(one.outcomes) for key, one in types.items()},
        groups=frozenset(groups) or None,
        operators=frozenset(catalog),
        **declared_types({}, (), catalog),
    )
