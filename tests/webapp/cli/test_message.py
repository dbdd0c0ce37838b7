"""`countersign message`: one line for each message, and what is done about it, by somebody who may."""

import json

from mso.access import NotPermitted
from mso.demo import LAKESHORE
from tests.webapp.cli.conftest import Type
from tests.workflows.mail import Post, post, waits_for
from webapp.cli import message as noun

__all__ = ["post"]

DEV = ("--as", "dev@meridian.example")


def test_a_message_is_sent_listed_shown_discarded_and_replayed(post: Post, typed_in_office: Type) -> None:
    post.publish("w", waits_for("w"))
    give = ("answer", '{claim: "A", on: date("2026-11-24")}', "--practice", str(LAKESHORE), "--id", "x-1", *DEV)
    first, again = typed_in_office(noun.command, "send", *give), typed_in_office(noun.command, "send", *give)
    assert first.exit_code == 0, first.output
    message_id = first.stdout.split("\t")[0]
    assert again.stdout == f"{message_id}\tqueued (sent before)\n"
    post.work()
    listed = typed_in_office(noun.command, "list", *DEV).stdout.split("\t")
    assert listed[:3] == [message_id, "answer", "kept"]
    shown = typed_in_office(noun.command, "show", message_id, "--payload", *DEV).stdout.splitlines()
    assert shown[1].startswith("kept until\t2026-12-24") and json.loads(shown[-1]) == {"claim": "A", "on": "2026-11-24"}
    assert typed_in_office(noun.command, "discard", message_id, "--reason", "Test.", *DEV).exit_code == 0
    assert typed_in_office(noun.command, "list", *DEV).stdout == ""
    assert typed_in_office(noun.command, "replay", message_id, "--reason", "Test.", *DEV).exit_code == 0
    post.work()
    assert "kept" in typed_in_office(noun.command, "list", "--status", "all", *DEV).stdout


def test_nobody_acts_without_the_permission_and_an_id_is_an_id(post: Post, typed_in_office: Type) -> None:
    ada = ("--as", "ada@lakeshore.example")
    refused = typed_in_office(noun.command, "list", "--as", post.office.email("ada"))
    assert isinstance(refused.exception, NotPermitted) and ada
    assert typed_in_office(noun.command, "show", "x", *DEV).exit_code == 2
