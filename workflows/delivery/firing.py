"""Timers fire: a worker claims a batch of what is due and wakes instance after instance.

Every worker process has one sweep at work; more would only share its interpreter. A sweep goes on until nothing is due
or its time is over. A few instances of a practice share a commit, because a commit costs more than a timer; when one of
them fails, nothing of it is kept and each is woken in a transaction of its own. So one that fails stops nobody else: it
is tried again, each time later, and after a number of failures its timers are parked and an incident calls an operator.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock

from store.practice import as_practice
from store.transaction import require_transaction, transaction
from workflows import incidents, instances, runtime, timers
from workflows.engine import EngineFault
from workflows.incidents import End
from workflows.timers import Claim

Clock = Callable[[], datetime]
SWEEP = timedelta(seconds=20)
"""How long one sweep works before it makes place for other jobs."""
TOGETHER = 8
"""Instances that share a commit."""
FAILED = "timer-failed"
"""Kind of the incident."""

_log = logging.getLogger(__name__)
_alone = Lock()


def sweep(*, clock: Clock) -> int:
    """Fire what is due. Returns how many instances were woken; 0 also while another sweep of this process works."""
    if not _alone.acquire(blocking=False):
        return 0
    try:
        return _sweep(clock)
    finally:
        _alone.release()


def _sweep(clock: Clock) -> int:
    began, woken = clock(), 0
    while clock() < began + SWEEP:
        now = clock()
        with transaction() as session:
            claims = timers.claim(session, now)
        if not claims:
            break
        woken += _wake_all(claims, now, clock)
    return woken


def _wake_all(claims: Sequence[Claim], claimed: datetime, clock: Clock) -> int:
    woken, groups = 0, _groups(claims)
    for place, group in enumerate(groups):
        now = clock()
        if now > claimed + timers.LEASE / 2:
            with transaction() as session:
                timers.renew(session, [one for rest in groups[place:] for one in rest], claimed, now)
            claimed = now
        woken += wake_together(group, clock=clock)
    return woken


def _groups(claims: Sequence[Claim]) -> list[list[Claim]]:
    """Those that share a commit: of one practice, due at about the same time, in the order of the instances' locks."""
    by_practice: dict[int, list[Claim]] = {}
    for one in claims:
        by_practice.setdefault(one.practice_id, []).append(one)
    cut = [found[at : at + TOGETHER] for found in by_practice.values() for at in range(0, len(found), TOGETHER)]
    return [sorted(group, key=lambda one: one.instance_id) for group in sorted(cut, key=lambda group: group[0].due_at)]


def wake_together(group: Sequence[Claim], *, clock: Clock) -> int:
    """Fire the due timers of a few instances of one practice. Returns how many had any."""
    if len(group) > 1 and not any(one.attempts for one in group):
        try:
            with as_practice(group[0].practice_id), transaction():
                return sum(runtime.fire_timers(one.instance_id, now=clock()) for one in group)
        except Exception as error:
            _log.info("timers of %d instances failed together: %s", len(group), type(error).__name__)
    return sum(wake(one, clock=clock) for one in group)


def wake(claim: Claim, *, clock: Clock) -> bool:
    """Fire the due timers of one instance. False when none was due any more, or when it failed."""
    try:
        with as_practice(claim.practice_id), transaction():
            fired = runtime.fire_timers(claim.instance_id, now=clock())
            if fired and claim.attempts:
                _forget_failure(claim, clock())
            return fired
    except Exception as error:
        _log.warning("timers of instance %s failed: %s", claim.instance_id, type(error).__name__)
        _note_failure(claim, type(error).__name__, clock())
        return False


def _note_failure(claim: Claim, kind: str, now: datetime) -> None:
    with as_practice(claim.practice_id), transaction() as session:
        attempts = timers.postpone(session, claim.instance_id, now)
        if attempts < timers.ATTEMPTS:
            return
        timers.park(session, claim.instance_id)
        if any(one.kind == FAILED for one in incidents.open_of(session, claim.instance_id)):
            return
        row = instances.find(session, claim.instance_id)
        text = (
            f"The timers of this case could not be fired {attempts} times in a row ({kind}). They stay due. Mend the "
            "cause, then suspend and resume the case: that tries them again."
        )
        runtime.report(session, row.ref, None, EngineFault(FAILED, text, {"cause": kind}), now=now)


def _forget_failure(claim: Claim, now: datetime) -> None:
    for one in incidents.open_of(require_transaction(), claim.instance_id):
        if one.kind == FAILED:
            incidents.close(one, End(incidents.PASSED, None, now))
