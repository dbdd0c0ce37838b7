"""Time, messages and signals on their way to instances: woken by jobs, each instance in a transaction of its own.

`firing` fires due timers, `starting` starts processes by the clock, `delivering` finds who waits for a message,
`receiving` and `handling` are the verbs of senders and operators, `broadcasting` carries signals.
"""
