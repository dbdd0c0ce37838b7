"""A process that confirms the triage of open cases, one after another, until it is done or killed.

Run as `python -m tests.acceptance.completing KB`, where KB begins the numbers of the claims. Each line it prints is a
task it was told is completed.
"""

import sys

from sqlalchemy import select

from mso import people
from mso.access import viewer_of
from mso.cases import Case
from store import clock
from store.practice import viewing
from store.transaction import reading
from tasks import completion
from tasks.completion import Submission
from tasks.models import OPEN, Task
from tests.acceptance.intake import ADMIN
from webapp.cli.context import application

PERSON = "ben@meridian.example"


def main() -> None:
    with application():
        with reading() as session:
            viewer = viewer_of(session, people.get_by_email(session, PERSON).id, clock.now())
        with viewing(viewer.practices), reading() as session:
            query = select(Task.id).join(Case, Case.id == Task.case_id).where(Case.claim_key.startswith(sys.argv[1]))
            query = query.where(Task.element_id == "triage_confirm", Task.status == OPEN)
            waiting = list(session.scalars(query.order_by(Task.id)))
        print("ready", flush=True)
        for task_id in waiting:
            completion.complete(viewer, task_id, Submission(ADMIN), now=clock.now())
            print(task_id, flush=True)


if __name__ == "__main__":
    main()
