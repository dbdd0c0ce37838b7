"""W9: webhooks over HTTP to the product's web server: verified, stored, acknowledged, each exactly once."""

from collections.abc import Callable, Iterator

from bench.records import PRODUCT
from bench.rig import BACKGROUND, Failed, Numbers, Rig
from bench.rounds import Cell, Plan, repeat
from bench.stock import MARGIN
from store import ids

SENDERS, SENDERS_SMALL = 4, 2
FIRST_RATE = 300.0


def run(rig: Rig) -> None:
    """Every call another message, then every message twice."""
    sent: set[str] = set()
    rate = [FIRST_RATE]
    cells = tuple(_cells(rig, sent, rate))
    repeat(rig, Plan("W9", cells, raw=(1, 2)))
    _check(rig, sent)


def _cells(rig: Rig, sent: set[str], rate: list[float]) -> Iterator[Cell]:
    for measure, copies in (("webhooks", 1), ("webhooks.half_repeated", 2)):
        yield Cell(PRODUCT, measure, _sending(rig, sent, rate, copies))


def _sending(rig: Rig, sent: set[str], rate: list[float], copies: int) -> Callable[[], Numbers]:
    senders = SENDERS_SMALL if rig.settings.small else SENDERS

    def measured() -> Numbers:
        crew = rig.crew(BACKGROUND)
        seconds = rig.settings.secs + rig.settings.warm + 0.3
        wanted = int(rate[0] * seconds * MARGIN) + 20 * senders
        # Copies stand beside each other, so that two senders hold the same message at the same time.
        work = [f"bench-{one}" for one in (ids.new() for _ in range(wanted // copies)) for _ in range(copies)]
        sent.update(work)
        crew.load("send", work, senders)
        found = rig.window(crew, "send", senders)
        rate[0] = max(rate[0], found["rate"])
        return found

    return measured


def _check(rig: Rig, sent: set[str]) -> None:
    """What was acknowledged is stored once: one receipt, one delivery, one job for each message."""
    stored = rig.value("select count(*) from webhook_receipt where message_id like 'bench-%%'")
    distinct = rig.value("select count(distinct message_id) from webhook_receipt where message_id like 'bench-%%'")
    deliveries = rig.value(
        "select count(*) from delivery d join webhook_receipt r on r.id = d.receipt_id where message_id like 'bench-%%'"
    )
    if not stored or stored > len(sent):
        raise Failed(f"{stored} calls are stored, {len(sent)} messages were sent.")
    for name, found in (
        ("webhooks stored twice", stored - distinct),
        ("webhooks without delivery", stored - deliveries),
    ):
        rig.book.note("check", workload="W9", name=name, value=found, must=0, ok=found == 0)
