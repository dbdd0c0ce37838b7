"""What a process carries: the same four answers as the forms of the others, in the JSON column Viewflow offers."""

from viewflow import jsonstore
from viewflow.workflow.models import Process


class Bench(Process):
    """No table of its own: that is the cheapest way Viewflow has."""

    route = jsonstore.CharField(max_length=20)
    amount = jsonstore.CharField(max_length=20)
    note = jsonstore.CharField(max_length=25000)
    urgent = jsonstore.BooleanField(default=False)

    class Meta:
        proxy = True
        app_label = "office"
