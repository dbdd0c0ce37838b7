"""Three user tasks in a row."""

from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.flow import views

from bench.peers.viewflow.program.models import Bench

FIELDS = ["route", "amount", "note", "urgent"]


class BenchFlow(flow.Flow):
    """Locked as Viewflow recommends for PostgreSQL."""

    process_class = Bench
    lock_impl = lock.SelectForUpdateLock(nowait=False)

    start = flow.StartHandle(this.begin).Next(this.t0)
    t0 = flow.View(views.UpdateProcessView.as_view(fields=FIELDS)).Next(this.t1)
    t1 = flow.View(views.UpdateProcessView.as_view(fields=FIELDS)).Next(this.t2)
    t2 = flow.View(views.UpdateProcessView.as_view(fields=FIELDS)).Next(this.end)
    end = flow.End()

    def begin(self, activation):
        """Nothing is given at the start."""
        return activation.process
