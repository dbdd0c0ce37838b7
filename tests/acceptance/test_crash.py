"""kill -9 in the middle: what was acknowledged is done exactly once, and nothing is ever half done."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any
from uuid import uuid4

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from store import embedded
from tests.acceptance import intake
from tests.acceptance.product import Product, until
from tests.conftest import plain

pytestmark = pytest.mark.long

SENT = 30
PATIENCE = 240
PAUSE = 7
"""Seconds between two kills of the same process; `up` gives up on one that dies quickly again and again."""


@pytest.fixture(scope="module")
def secret(product: Product) -> str:
    return product.command("webhook", "secret", "era835")


@contextmanager
def database(product: Product) -> Iterator[psycopg.Connection[Any]]:
    """The product's database as its superuser: past all walls, for counting."""
    urls = embedded.urls_of(embedded.Layout(product.home), embedded.DATABASE)
    with psycopg.connect(plain(urls.admin), autocommit=True) as connection:
        yield connection


def rows(product: Product, query: str, *values: object) -> list[tuple[Any, ...]]:
    with database(product) as connection:
        return connection.execute(query, values).fetchall()


def kill(product: Product, noun: str) -> None:
    """kill -9 of the process that serves or works, if it is up."""
    for child in psutil.Process(product.process.pid).children():
        if noun in child.cmdline():
            child.kill()


def send(product: Product, secret: str, body: bytes, message_id: str) -> str:
    """As a sender: try again, under the same id, until the call is acknowledged. Gives the delivery."""

    def attempt() -> str | None:
        headers = intake.signed(secret, body, message_id)
        try:
            status, answer = product.call("POST", "/webhooks/era835", headers, body)
        except (OSError, HTTPException, ValueError):
            return None
        assert status in (200, 202, 500, 503), answer
        return str(answer["delivery_id"]) if status < 300 else None

    return str(until(attempt, f"an acknowledgment of {message_id}"))


def remittance(name: str, *numbers: str) -> bytes:
    return intake.remittance(*map(intake.claim, numbers), trace=name)


def statuses(product: Product, deliveries: list[str]) -> dict[str, str]:
    found = rows(product, "select id::text, status from delivery where id = any(%s::uuid[])", deliveries)
    return dict(found)


def until_processed(product: Product, deliveries: list[str]) -> None:
    """Wait until all work is done. A job of a killed worker waits half a minute until another one takes it over."""
    try:
        until(lambda: set(statuses(product, deliveries).values()) == {"processed"}, "the end of all work", PATIENCE)
    except AssertionError as late:
        queue = rows(product, "select status, task_name, attempts from procrastinate_jobs")
        log = (product.home / "up.log").read_text()[-4000:]
        raise AssertionError(f"{late}: {statuses(product, deliveries)}\n{queue}\n{log}") from None


def opened(product: Product, prefix: str) -> dict[str, int]:
    """Claim -> number of cases with a running process and exactly one open triage task."""
    return dict(
        rows(
            product,
            """select c.claim_key, count(*) from case_file c
               join process_instance i on i.practice_id = c.practice_id and i.id = c.instance_id and i.ended_at is null
               join task t on t.practice_id = c.practice_id and t.instance_id = i.id
                    and t.element_id = 'triage_confirm' and t.status = 0
               where c.claim_key like %s group by 1""",
            prefix + "%",
        )
    )


def test_every_acknowledged_delivery_is_processed_exactly_once(product: Product, secret: str) -> None:
    numbers = {f"m{n}": (f"KA{n}A", f"KA{n}B") for n in range(SENT)}
    with ThreadPoolExecutor(4) as pool:
        sending = [
            pool.submit(send, product, secret, remittance(name, *claims), f"{name}-{uuid4()}")
            for name, claims in numbers.items()
        ]
        for noun in ("worker", "serve", "worker", "serve", "worker"):
            time.sleep(PAUSE / 2)
            kill(product, noun)
        deliveries = [one.result() for one in sending]
    assert len(set(deliveries)) == SENT
    until_processed(product, deliveries)
    assert len(statuses(product, deliveries)) == SENT
    assert opened(product, "KA") == {one: 1 for claims in numbers.values() for one in claims}
    stored = rows(product, "select count(*) from webhook_receipt where message_id like 'm%%'")
    assert stored == [(SENT,)], "nothing was stored twice under the sender's retries"
    doubled = "select claim_key from case_file where claim_key like 'KA%%' group by 1 having count(*) > 1"
    assert rows(product, doubled) == []
    product.command("audit", "verify")


def halves(product: Product, prefix: str) -> tuple[int, list[str]]:
    """How many triage tasks are completed, and the cases whose process does not stand where their task says."""
    found = rows(
        product,
        """select c.claim_key,
                  count(*) filter (where t.element_id = 'triage_confirm' and t.status = 1) as done,
                  count(*) filter (where t.element_id = 'triage_confirm' and t.status = 0) as waiting,
                  count(*) filter (where t.element_id = 'prepare_admin' and t.status = 0) as moved,
                  (select count(*) from instance_event s where s.instance_id = c.instance_id
                     and s.element_id = 'triage_confirm' and s.what = 'completed') as steps
           from case_file c join task t on t.practice_id = c.practice_id and t.case_id = c.id
           where c.claim_key like %s group by c.claim_key, c.instance_id""",
        prefix + "%",
    )
    whole = ((1, 0, 1, 1), (0, 1, 0, 0))
    return sum(one[1] for one in found), [f"{one}" for one in found if one[1:] not in whole]


def test_a_killed_completion_is_whole_or_not_at_all(product: Product, secret: str) -> None:
    claims = [f"KB{n}" for n in range(24)]
    delivery = send(product, secret, remittance("KB", *claims), f"kb-{uuid4()}")
    until_processed(product, [delivery])
    done = 0
    for wanted, moment in ((4, 0.0), (4, 0.03), (4, 0.06), (24, 0.0)):
        told = complete_some(product, wanted, moment)
        now_done, broken = halves(product, "KB")
        assert broken == []
        assert done + told <= now_done <= done + told + 1, "each task that was said to be completed is"
        done = now_done
    assert done == len(claims)


def complete_some(product: Product, wanted: int, moment: float) -> int:
    """Let a process complete tasks, and kill it in the midst of the one after `wanted`. How many it was sure of."""
    command = [sys.executable, "-P", "-m", "tests.acceptance.completing", "KB"]
    process = subprocess.Popen(command, env=product.environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = -1  # The first line only says that it is ready.
    for _ in process.stdout:
        told += 1
        if told == wanted:
            time.sleep(moment)
            process.kill()
            break
    told += sum(1 for _ in process.stdout)
    process.wait(30)
    return told


def test_a_completion_through_a_killed_web_server_is_whole_or_not_at_all(product: Product, secret: str) -> None:
    claims = [f"KC{n}" for n in range(24)]
    delivery = send(product, secret, remittance("KC", *claims), f"kc-{uuid4()}")
    until_processed(product, [delivery])
    tasks = rows(
        product,
        "select t.id::text from task t join case_file c on c.id = t.case_id where c.claim_key like 'KC%%' order by 1",
    )
    token = product.token("ben")
    with ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(complete, product, token, task_id) for (task_id,) in tasks]
        for _ in range(2):
            time.sleep(1)
            kill(product, "serve")
            time.sleep(PAUSE)
        codes = [one.result() for one in answers]
    assert set(codes) <= {200, 409}, "done, or done by the call whose answer was lost"
    assert halves(product, "KC") == (len(claims), [])


def complete(product: Product, token: str, task_id: str) -> int:
    """As a client: try again until there is an answer."""
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    body = json.dumps({"values": intake.ADMIN}).encode()

    def attempt() -> int | None:
        try:
            status, _ = product.call("POST", f"/api/v1/tasks/{task_id}/completion", headers, body)
        except (OSError, HTTPException, ValueError):
            return None
        return status if status < 500 else None

    return int(until(attempt, "an answer"))
