"""`countersign process record`: a scenario from a case that was worked on, without anything of its patient."""

from pathlib import Path
from uuid import UUID

import click

from mso import cases, practices
from mso.cases import Case, CaseFilter, UnknownCase
from store import audit
from store.practice import MSO, as_practice, viewing
from store.transaction import reading, transaction
from tasks import inbox
from webapp.cli.context import application, say
from workflows import definitions, instances, scenarios
from workflows.scenarios import Material, Recorded


@click.command("record")
@click.argument("number", metavar="CASE")
@click.option("--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write into this file.")
def record(number: str, out: Path | None) -> None:
    """Write what happened in a case, e.g. DN-10001, as a scenario, and play it.

    Names, texts and numbers of records are replaced, and dates are moved; what the model tells apart stays. Exit 1 when
    the scenario does not play as it is: the notes on standard error say what has to be written by hand.
    """
    with application():
        found = _record(number)
    if out is None:
        click.echo(found.text, nl=False)
    else:
        out.write_text(found.text, encoding="utf-8")
        click.echo(str(out))
    for note in found.notes:
        say(note)
    if found.result.difference is not None:
        say(f"It does not play yet. {found.result.difference.text}.")
        raise SystemExit(1)


def _record(number: str) -> Recorded:
    practice_id, case_id, instance_id = _find(number)
    with as_practice(practice_id), transaction() as session:
        case = cases.get(session, case_id)
        row = instances.find(session, instance_id)
        definition = definitions.get(session, row.definition_id)
        audit.record("process:recorded", by=None, on=case.reference, facts={"version": definition.version})
        outcomes = {one.engine_task_id: one.outcome for one in inbox.of_case(session, case) if one.outcome}
        return scenarios.record(
            Material(definition.process, definition.decisions, definition.forms),
            scenarios.history_of(session, instance_id),
            name=f"As recorded: {case.outcome or 'not ended'}",
            zone=practices.zone_of_practice(session, practice_id),
            outcomes=outcomes,
        )


def _find(number: str) -> tuple[int, UUID, UUID]:
    """Practice, case and instance of a case number. Raises UnknownCase."""
    with as_practice(MSO), reading() as session:
        everywhere = [one.id for one in practices.list_practices(session)]
    with viewing(everywhere), reading() as session:
        found: list[Case] = [
            one for one in cases.listing(session, CaseFilter(text=number)) if one.number == number.upper()
        ]
        if len(found) != 1 or found[0].instance_id is None:
            raise UnknownCase(f"There is no case {number} with a process.")
        return found[0].practice_id, found[0].id, found[0].instance_id
