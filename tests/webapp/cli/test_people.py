"""`countersign people list`."""

import json

from mso.people import sign_in
from store import clock
from tests import people as cast
from tests.webapp.cli.conftest import Type
from webapp.cli import people


def test_the_list_names_everybody_with_roles_and_practices(typed: Type) -> None:
    cast.make_cast()
    result = typed(people.command, "list", "--json")
    assert result.exit_code == 0, result.output
    found = {one["email"]: one for one in json.loads(result.stdout)}
    assert found["ada@lakeshore.example"] == {
        "email": "ada@lakeshore.example",
        "name": "Ada Marsh",
        "roles": ["clinician"],
        "practices": ["Lakeshore Orthopedics PC"],
    }
    assert found["eve@mesa.example"]["practices"] == ["Mesa Family Medicine PC"]
    assert len(found["ben@meridian.example"]["practices"]) == 5, "people of the MSO serve all practices"
    assert len(found) == 13


def test_for_people_it_is_one_line_each(typed: Type) -> None:
    cast.make_cast()
    lines = typed(people.command, "list").stdout.splitlines()
    assert "ada@lakeshore.example\tAda Marsh\tclinician\tLakeshore Orthopedics PC" in lines


def test_a_person_is_added_with_a_password_that_is_printed_once(typed: Type) -> None:
    cast.make_cast()
    result = typed(
        people.command,
        "add",
        "--email",
        "Zoe@Meridian.example",
        "--name",
        "Zoe Park",
        "--role",
        "staff",
        "--queue",
        "coder",
    )
    assert result.exit_code == 0, result.output
    assert sign_in.authenticate("zoe@meridian.example", result.stdout.strip(), now=clock.now()).name == "Zoe Park"
    assert "Zoe Park\tstaff\tLakeshore Orthopedics PC" in typed(people.command, "list").stdout
