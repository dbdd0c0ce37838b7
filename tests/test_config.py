"""Settings: whatever is wrong is said in one line that names the variable."""

import stat
from pathlib import Path

import pytest

from config import Config, SettingWrong

OWN_DATABASE = {
    "DATABASE_URL": "postgresql://app:x@db/countersign",
    "DATABASE_OWNER_URL": "postgresql://owner:x@db/countersign",
    "DATABASE_REGISTER_URL": "postgresql://register:x@db/countersign",
}


def test_development_needs_no_settings_and_makes_its_keys(tmp_path: Path) -> None:
    first = Config.from_environ({"COUNTERSIGN_HOME": str(tmp_path)})
    second = Config.from_environ({"COUNTERSIGN_HOME": str(tmp_path)})
    assert first == second
    assert (first.port, first.database_url, first.production) == (8000, None, False)
    for file in (tmp_path / "secret.key", first.master_key_file):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_external_database_is_reached_by_our_driver(tmp_path: Path) -> None:
    config = Config.from_environ({"COUNTERSIGN_HOME": str(tmp_path), **OWN_DATABASE})
    assert config.urls.app == "postgresql+psycopg://app:x@db/countersign"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COUNTERSIGN_PROT", "8000"),
        ("COUNTERSIGN_PORT", "eighty"),
        ("COUNTERSIGN_PORT", "0"),
        ("COUNTERSIGN_MODE", "prod"),
        ("COUNTERSIGN_SECRET_KEY", "short"),
        ("COUNTERSIGN_MASTER_KEY_FILE", "/nowhere/master.key"),
        ("COUNTERSIGN_WEBHOOK_MAX_BYTES", "-1"),
        ("DATABASE_URL", "mysql://app@db/countersign"),
    ],
)
def test_wrong_setting_is_named_in_one_line(tmp_path: Path, name: str, value: str) -> None:
    others = OWN_DATABASE if name.startswith("DATABASE") else {}
    with pytest.raises(SettingWrong) as caught:
        Config.from_environ({"COUNTERSIGN_HOME": str(tmp_path), **others, name: value})
    assert name in str(caught.value) and "\n" not in str(caught.value)


def test_half_a_database_is_refused(tmp_path: Path) -> None:
    given = {name: url for name, url in OWN_DATABASE.items() if name != "DATABASE_OWNER_URL"}
    with pytest.raises(SettingWrong, match="DATABASE_OWNER_URL"):
        Config.from_environ({"COUNTERSIGN_HOME": str(tmp_path), **given})


def test_production_never_makes_a_key(tmp_path: Path) -> None:
    with pytest.raises(SettingWrong, match="COUNTERSIGN_SECRET_KEY"):
        Config.from_environ({"COUNTERSIGN_HOME": str(tmp_path), "COUNTERSIGN_MODE": "production"})
    assert list(tmp_path.iterdir()) == []
