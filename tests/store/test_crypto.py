"""EN-01, EN-02: values are bound to their place, keys to their organization, and nothing works without a key."""

import stat
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from store import crypto, ids
from store.crypto import DataKey
from store.transaction import reading, transaction
from tests.conftest import Database

ROW = UUID("0197a000-0000-7000-8000-000000000001")
PLACE = {"practice_id": 2, "table": "task", "column": "answers", "row_id": ROW}
SECRET = b"Jane Roe, MRN 4711"


def sealed_in_place(plaintext: bytes = SECRET) -> bytes:
    with transaction():
        return crypto.seal(plaintext, practice_id=2, table="task", column="answers", row_id=ROW)


def opened(sealed: bytes, **changed: object) -> bytes:
    with reading():
        return crypto.unseal(sealed, **(PLACE | changed))  # type: ignore[arg-type]


def test_en_01_a_value_opens_in_its_own_place(database: Database) -> None:
    sealed = sealed_in_place()
    assert SECRET not in sealed
    assert sealed[:5] == b"\x01\x00\x00\x00\x01", "version and key id lead"
    assert len(sealed) == 1 + 4 + 12 + len(SECRET) + 16
    assert opened(sealed) == SECRET


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"row_id": UUID("0197a000-0000-7000-8000-000000000002")},
        {"column": "draft"},
        {"table": "task_draft"},
    ],
)
def test_en_01_a_value_moved_within_the_practice_does_not_open(
    database: Database, elsewhere: dict[str, object]
) -> None:
    sealed = sealed_in_place()
    with pytest.raises(crypto.SealBroken):
        opened(sealed, **elsewhere)


def test_en_01_a_value_moved_to_another_practice_does_not_open(database: Database) -> None:
    sealed = sealed_in_place()
    with transaction():
        crypto.seal(b"something", practice_id=3, table="task", column="answers", row_id=ROW)
    with pytest.raises(crypto.SealBroken):
        opened(sealed, practice_id=3)
    with pytest.raises(crypto.SealBroken):
        opened(sealed, practice_id=4)  # A practice that has no key at all.


def test_en_01_the_key_id_is_bound_too(database: Database) -> None:
    sealed = sealed_in_place()
    with transaction():
        crypto.rotate(2)
    with pytest.raises(crypto.SealBroken):
        opened(sealed[:1] + (2).to_bytes(4, "big") + sealed[5:])


def test_every_flipped_bit_and_every_cut_is_noticed(database: Database) -> None:
    sealed = sealed_in_place(b"x")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(crypto.SealBroken):
            opened(bytes(changed))
        with pytest.raises(crypto.SealBroken):
            opened(sealed[:place])


def test_the_same_value_never_looks_the_same(database: Database) -> None:
    assert len({sealed_in_place() for _ in range(50)}) == 50


def test_en_03_old_values_stay_readable_after_a_rotation(database: Database) -> None:
    before = sealed_in_place()
    with transaction():
        assert crypto.rotate(2) == 2
        after = crypto.seal(SECRET, **PLACE)  # type: ignore[arg-type]
    assert after[:5] == b"\x01\x00\x00\x00\x02"
    assert opened(before) == opened(after) == SECRET


def test_destroyed_keys_take_their_values_with_them(database: Database) -> None:
    mine, other = sealed_in_place(), b""
    with transaction():
        other = crypto.seal(SECRET, **(PLACE | {"practice_id": 3}))  # type: ignore[arg-type]
    with transaction():
        crypto.unseal(mine, **PLACE)  # type: ignore[arg-type]
        crypto.destroy(2)
        with pytest.raises(crypto.KeyDestroyed):
            crypto.unseal(mine, **PLACE)  # type: ignore[arg-type]
    with pytest.raises(crypto.KeyDestroyed):
        opened(mine)
    with transaction(), pytest.raises(crypto.KeyDestroyed):
        crypto.seal(SECRET, **PLACE)  # type: ignore[arg-type]
    assert opened(other, practice_id=3) == SECRET


def test_a_key_whose_creation_was_rolled_back_is_never_used_again(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        crypto.seal(SECRET, **PLACE)  # type: ignore[arg-type]
        raise ZeroDivisionError
    assert opened(sealed_in_place()) == SECRET


def test_a_key_made_in_a_savepoint_that_was_undone_is_never_used_again(database: Database) -> None:
    with transaction() as session:
        savepoint = session.begin_nested()
        crypto.seal(SECRET, **PLACE)  # type: ignore[arg-type]
        savepoint.rollback()
        sealed = crypto.seal(SECRET, **PLACE)  # type: ignore[arg-type]
    assert opened(sealed) == SECRET


def test_en_02_stored_keys_are_wrapped_and_only_their_own_master_key_opens_them(database: Database) -> None:
    sealed = sealed_in_place()
    right = crypto.read_master_key(database.config.master_key_file)
    try:
        crypto.configure(crypto.random_bytes(32))
        with pytest.raises(crypto.WrongMasterKey):
            opened(sealed)
        with reading(), pytest.raises(crypto.WrongMasterKey):
            crypto.verify_master_key()
    finally:
        crypto.configure(right)
    with reading():
        crypto.verify_master_key()


def test_en_02_a_wrapped_key_copied_to_another_organization_does_not_open(database: Database) -> None:
    sealed_in_place()
    with transaction() as session:
        wrapped = session.scalars(select(DataKey.wrapped)).one()
        session.execute(
            text("insert into data_key (organization_id, key_id, wrapped, created_at) values (9, 1, :w, now())"),
            {"w": wrapped},
        )
    with transaction(), pytest.raises(crypto.WrongMasterKey):
        crypto.seal(b"x", practice_id=9, table="task", column="answers", row_id=ids.new())


def test_en_02_nothing_is_ever_stored_in_the_clear_without_a_key(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crypto, "_master", [])
    with pytest.raises(crypto.KeyMissing):
        sealed_in_place()


def test_a_reading_block_opens_values_and_makes_no_key(database: Database) -> None:
    with reading(), pytest.raises(DBAPIError):
        crypto.seal(b"x", **PLACE)  # type: ignore[arg-type]


def test_en_02_the_key_file_is_private_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    key = crypto.create_master_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert crypto.read_master_key(path) == key
    with pytest.raises(FileExistsError):
        crypto.create_master_key(path)


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        (None, 0o600, "cannot be read"),
        ("ab" * 32, 0o640, "open to other users"),
        ("ab" * 32, 0o604, "open to other users"),
        ("", 0o600, "32 random bytes"),
        ("not hexadecimal", 0o600, "32 random bytes"),
        ("00" * 32, 0o600, "32 random bytes"),
        ("ab12" * 8, 0o600, "32 random bytes"),
        ("ä" * 64, 0o600, "cannot be read"),
    ],
)
def test_en_02_an_unusable_key_file_stops_the_start(
    tmp_path: Path, content: str | None, mode: int, reason: str
) -> None:
    path = tmp_path / "master.key"
    if content is not None:
        path.write_text(content)
        path.chmod(mode)
    with pytest.raises(crypto.KeyMissing, match=reason):
        crypto.configure(crypto.read_master_key(path))
