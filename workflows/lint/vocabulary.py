"""Our extension vocabulary: which names exist, where they may stand, which values they take."""

HUMAN = frozenset({"userTask"})
_TIMED = HUMAN | {"manualTask"}
_RULED = frozenset({"businessRuleTask", "serviceTask"})
_TASKS = frozenset(
    {
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "subProcess",
        "callActivity",
    }
)
_LOOPS = _TASKS | {"exclusiveGateway", "inclusiveGateway"}

PROPERTIES: dict[str, frozenset[str]] = {
    "formKey": HUMAN | {"startEvent"},
    "variable": _TIMED,
    "clinicalDecision": HUMAN,
    "outcomes": HUMAN,
    "requiresDecision": frozenset(),
    "acceptedOutcomes": frozenset(),
    "invalidates": frozenset(),
    "notSameAs": HUMAN,
    "independentOf": HUMAN,
    "requiredLicense": HUMAN,
    "attestation": HUMAN,
    "completionRule": HUMAN,
    "candidateGroup": _TIMED | {"callActivity"},
    "priority": _TIMED,
    "dueIn": _TIMED,
    "followUpIn": _TIMED,
    "escalateTo": _TIMED,
    "escalateIn": _TIMED,
    "instructions": _TIMED,
    "calledDecisionId": frozenset({"businessRuleTask"}),
    "resultVariable": _RULED,
    "errorCodes": frozenset({"serviceTask"}),
    "retries": frozenset({"serviceTask"}),
    "backoff": frozenset({"serviceTask"}),
    "milestone": frozenset({"intermediateThrowEvent", "endEvent"}),
    "startFor": frozenset({"startEvent"}),
    "maxIterations": _LOOPS,
    "maxItems": _TASKS,
}
"""Property name to the element kinds it may stand on; empty: any flow node."""

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_NAMES = rf"{_NAME}(\s*,\s*{_NAME})*"
VALUES: dict[str, str] = {
    "startFor": "mso|practices",
    "variable": _NAME,
    "resultVariable": _NAME,
    "clinicalDecision": _NAME,
    "requiresDecision": _NAME,
    "outcomes": _NAMES,
    "acceptedOutcomes": _NAMES,
    "invalidates": _NAMES,
    "errorCodes": r"[A-Za-z0-9_.-]+(\s*,\s*[A-Za-z0-9_.-]+)*",
    "retries": r"\d{1,2}",
    "backoff": r"P(?=[\dT])(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?",
    "maxIterations": r"[1-9]\d{0,4}",
    "maxItems": r"[1-9]\d{0,4}",
    "formKey": r"[A-Za-z0-9_.-]+",
}
"""Property name to a regular expression its whole value matches."""

ELEMENTS = frozenset(
    {
        "properties",
        "property",
        "calledDecisionId",
        "resultVariable",
        "serviceTaskOperator",
        "parameters",
        "parameter",
        "retry",
        "messageVariable",
        "messagePayload",
        "payloadExpression",
        "variableName",
        "preScript",
        "postScript",
    }
)
"""Extension elements that are read. preScript and postScript are known in order to be refused by their own rule."""
