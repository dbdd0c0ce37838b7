"""The views of the flow."""

from django.urls import path
from viewflow.workflow.flow import FlowViewset

from bench.peers.viewflow.program.flows import BenchFlow

urlpatterns = [path("flow/", FlowViewset(BenchFlow).urls)]
