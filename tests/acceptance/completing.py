"""A process that confirms the triage of every open case, one after another, until it is done or killed.

Run as `python -m tests.acceptance.completing`; each line it prints is a task it was told is completed.
"""

from sqlalchemy import select

from mso import people
from mso.access import viewer_of
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
            query = select(Task.id).where(Task.element_id == "triage_confirm", Task.status == OPEN).order_by(Task.id)
            waiting = list(session.scalars(query))
        print("ready", flush=True)
        for task_id in waiting:
            completion.complete(viewer, task_id, Submission(ADMIN), now=clock.now())
            print(task_id, flush=True)


if __name__ == "__main__":
    main()
