"""Bytes by the hash of their content: once per practice, encrypted, checked on each read."""

import hashlib

import pytest
from sqlalchemy import func, select, update

from store import blobs, crypto
from store.blobs import Blob
from store.practice import as_practice
from store.transaction import reading, transaction
from tests.conftest import Database

DATA = b"ISA*00*Jane Roe*" * 100
NAME = hashlib.sha256(DATA).hexdigest()


def stored(practice_id: int = 2, data: bytes = DATA) -> str:
    with as_practice(practice_id), transaction():
        return blobs.put(data, "application/edi-x12", practice_id)


def test_bytes_come_back_under_their_hash(database: Database) -> None:
    assert stored() == NAME
    with as_practice(2), reading() as session:
        assert blobs.get(2, NAME) == DATA
        assert blobs.get(2, NAME.upper()) == DATA
        facts = blobs.find_facts(2, NAME)
        assert facts is not None and (facts.size, facts.media_type) == (len(DATA), "application/edi-x12")
        assert b"Jane Roe" not in session.scalars(select(Blob.sealed)).one()


def test_the_empty_file_is_a_file(database: Database) -> None:
    name = stored(data=b"")
    with as_practice(2), reading():
        assert blobs.get(2, name) == b""


def test_the_same_bytes_are_stored_once_per_practice(database: Database) -> None:
    assert stored(2) == stored(2) == stored(3)
    for practice in (2, 3):
        with as_practice(practice), reading() as session:
            assert session.scalar(select(func.count()).select_from(Blob)) == 1
            assert blobs.get(practice, NAME) == DATA


def test_bytes_of_another_practice_are_not_there(database: Database) -> None:
    stored(2)
    with as_practice(3), reading():
        assert blobs.find_facts(2, NAME) is None
        for practice in (2, 3):
            with pytest.raises(blobs.BlobMissing):
                blobs.get(practice, NAME)


@pytest.mark.parametrize("name", ["", "zz", "0" * 64])
def test_an_unknown_or_impossible_hash_is_not_found(database: Database, name: str) -> None:
    with as_practice(2), reading(), pytest.raises(blobs.BlobMissing):
        blobs.get(2, name)


def test_bytes_swapped_in_the_database_are_noticed(database: Database) -> None:
    stored()
    other = stored(data=b"another letter")
    with as_practice(2), transaction() as session:
        sealed = session.scalar(select(Blob.sealed).where(Blob.sha256 == bytes.fromhex(other)))
        session.execute(update(Blob).where(Blob.sha256 == bytes.fromhex(NAME)).values(sealed=sealed))
    with as_practice(2), reading(), pytest.raises(crypto.SealBroken):
        blobs.get(2, NAME)
