"""How does it flow? BPMN, FEEL, decision tables, timers, webhooks, proof; nothing about people or HTTP."""
