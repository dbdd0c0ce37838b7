"""Every road that changes anything is known, and says who may take it. A new one fails here until it is judged."""

from store import jobs
from tests.office import Office
from webapp.security import ACCESS

ROADS = {
    ("POST", "/sign-in"): "names nobody's task",
    ("POST", "/sign-out"): "names nobody's task",
    ("POST", "/tasks/<uuid:task_id>/claim"): "the predicate; tried in test_who_may_decide",
    ("POST", "/tasks/<uuid:task_id>/claim/release"): "only the holder; decides nothing",
    ("POST", "/tasks/<uuid:task_id>/draft"): "the predicate; a draft is never a decision",
    ("POST", "/tasks/<uuid:task_id>/form"): "draws a form; writes nothing",
    ("POST", "/tasks/<uuid:task_id>/completion"): "the predicate, a fresh password and a signature",
    (
        "POST",
        "/cases/<uuid:case_id>/documents",
    ): "adds evidence; changes what a page shows, so no signature slips past it",
    ("POST", "/cases/<uuid:case_id>/documents/<uuid:document_id>/withdrawal"): "compliance only, once signed with it",
    ("POST", "/deliveries/<uuid:delivery_id>/replay"): "reads a file again; messages complete no user task",
    ("POST", "/messages/<uuid:message_id>/replay"): "messages complete no user task",
    ("POST", "/messages/<uuid:message_id>/discard"): "nobody gets the message",
    ("POST", "/api/v1/messages"): "messages complete no user task",
    ("POST", "/api/v1/messages/<uuid:message_id>/replay"): "messages complete no user task",
    ("POST", "/api/v1/messages/<uuid:message_id>/discard"): "nobody gets the message",
    ("POST", "/api/v1/signals"): "signals complete no user task",
    ("POST", "/instances/<uuid:instance_id>/preview"): "works on a copy; writes nothing but a refusal",
    (
        "POST",
        "/instances/<uuid:instance_id>/operations",
    ): "rules on the state it would make; tried in test_operators",
    ("POST", "/instances/incidents/retry"): "retries stopped steps, each held against the same rules",
    ("POST", "/api/v1/instances/<uuid:instance_id>/previews"): "works on a copy; writes nothing but a refusal",
    (
        "POST",
        "/api/v1/instances/<uuid:instance_id>/operations",
    ): "rules on the state it would make; tried in test_operators",
    ("POST", "/api/v1/instances/incidents/retry"): "retries stopped steps, each held against the same rules",
    ("POST", "/models/check"): "reads a file and answers; stores and publishes nothing",
    ("POST", "/models/repair"): "edits a copy of a file and answers; stores and publishes nothing",
    ("POST", "/models/file"): "hands back what was sent",
    ("POST", "/webhooks/<source>"): "a message or a new case; messages complete no user task",
    ("POST", "/api/v1/tasks/<uuid:task_id>/claim"): "the predicate; tried in test_who_may_decide",
    ("DELETE", "/api/v1/tasks/<uuid:task_id>/claim"): "only the holder; decides nothing",
    ("POST", "/api/v1/tasks/<uuid:task_id>/completion"): "the predicate, a fresh password and a signature",
    ("POST", "/api/v1/deliveries/<uuid:delivery_id>/replay"): "reads a file again; messages complete no user task",
}
"""What each mutating route can do to a clinical task."""

JOBS = {
    "workflows:timers.sweep": "timers escalate and start; none leads to an accepted outcome",
    "workflows:timers.plan": "notes when processes are to be started",
    "workflows:message.deliver": "messages complete no user task",
    "workflows:signal.broadcast": "signals complete no user task",
    "workflows:delivery.wake": "queues lost messages and signals again",
    "workflows:timer.fire": "timers escalate; none leads to an accepted outcome",
    "workflows:service_call.run": "answers service tasks; completes no user task and writes no decision",
    "workflows:service_call.wake": "queues lost calls again",
    "workflows:webhook.deliver": "messages complete no user task",
    "workflows:webhook.wake": "queues lost deliveries again",
    "mso:remittance.release": "opens cases",
}


def test_every_mutating_route_is_in_the_table(office: Office) -> None:
    found = {
        (method, rule.rule)
        for rule in office.app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
    }
    assert found == set(ROADS)


def test_every_job_is_in_the_table(office: Office) -> None:
    assert set(jobs.declared()) == set(JOBS)


def test_every_route_says_who_may_call_it(office: Office) -> None:
    silent = []
    for rule in office.app.url_map.iter_rules():
        view = office.app.view_functions[rule.endpoint]
        handlers = [view]
        if (methods := getattr(view, "view_class", None)) is not None:
            handlers = [getattr(methods, method.lower()) for method in methods.methods or ()]
        if rule.endpoint != "static" and not all(hasattr(one, ACCESS) for one in handlers):
            silent.append(rule.rule)
    assert silent == []


def test_a_visitor_reaches_nothing_but_the_public_pages(office: Office) -> None:
    client = office.app.test_client()
    for rule in office.app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.arguments or rule.endpoint == "static":
            continue
        answer = client.get(rule.rule)
        public = rule.rule in ("/healthz", "/readyz", "/sign-in", "/api/docs", "/api/v1/openapi.json", "/favicon.ico")
        assert answer.status_code in ((200, 301, 302) if public else (302, 401)), rule.rule
        assert public or "sign-in" in answer.headers.get("Location", "sign-in")
