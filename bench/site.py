"""The installation that is measured: the product's own, in a scratch folder that is thrown away.

The embedded PostgreSQL with its ordinary settings, roles and row policies; twenty practices, each with a licensed
physician on its own side; one biller of the MSO; the measured models, published through the product's checks. Only the
passwords are cheap to verify here, because their cost is made on purpose and would hide everything else.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from argon2 import PasswordHasher
from sqlalchemy.engine import make_url

from bench import models
from bench.models import Model
from config import Config
from mso import affiliations, authority, licenses, people, practices, sanctions
from mso.affiliations import AffiliationEntry
from mso.licenses import CLEAR, LicenseEntry
from mso.people import PersonEntry
from mso.practices import PracticeEntry
from store import clock, embedded, ids, schema
from store.embedded import DATABASE, EmbeddedServer, Urls
from store.practice import MSO, as_practice
from store.transaction import transaction
from webapp import shipped
from webapp.application import create_app
from webapp.cli.context import check_keys
from webapp.wiring import import_models
from workflows import definitions
from workflows.lint import LintContext

PRACTICES = 20
PASSWORD = "a long enough password"
PEERS = "peers"
"""The database of the peers, on the same server."""
STATE = "NY"
SINCE = date(2021, 7, 1)
BILLER = "biller@bench.example"


def doctor(practice: int) -> str:
    """The e-mail of the physician of a practice."""
    return f"doctor{practice}@bench.example"


@dataclass(frozen=True)
class Site:
    """Where and as whom is measured. physicians: practice -> person who may sign there."""

    folder: Path
    server: EmbeddedServer
    urls: Urls
    practices: tuple[int, ...]
    biller: UUID
    physicians: dict[int, UUID]

    @property
    def log(self) -> Path:
        """Where drivers write what went wrong."""
        return self.folder / "drivers.log"

    @property
    def admin(self) -> str:
        """The superuser on the product's database: for mass data and for counting, never for what is measured."""
        return dsn(self.urls.admin)

    @property
    def peers(self) -> str:
        """An ordinary role on the peers' database."""
        return dsn(embedded.urls_of(self.server.layout, PEERS).owner)

    @property
    def socket(self) -> Path:
        """The server's socket."""
        return self.server.layout.data / ".s.PGSQL.5432"

    @property
    def postmaster(self) -> int:
        """The server's process."""
        return int((self.server.layout.data / "postmaster.pid").read_text().split()[0])

    def opening(self, **more: Any) -> dict[str, Any]:
        """What a driver of the product is told."""
        return {
            "home": str(self.folder),
            "urls": {name: getattr(self.urls, name) for name in ("owner", "app", "register", "admin")},
            "biller": str(self.biller),
            "physicians": {str(practice): str(person) for practice, person in self.physicians.items()},
            **more,
        }

    def through(self, folder: Path) -> "Site":
        """The same, reached through the socket in another folder."""

        def moved(url: str) -> str:
            return make_url(url).update_query_dict({"host": str(folder)}).render_as_string(hide_password=False)

        parts = {name: moved(getattr(self.urls, name)) for name in ("owner", "app", "register", "admin")}
        return replace(self, urls=Urls(**parts))


def dsn(url: str) -> str:
    """A URL of SQLAlchemy as the driver takes it."""
    return url.replace("+psycopg", "", 1)


@contextmanager
def scratch() -> Iterator[Site]:
    """A fresh installation, for as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="cs-run-"))
    try:
        import_models()
        server = embedded.join(folder)
        try:
            with psycopg.connect(dsn(server.urls.admin), autocommit=True) as admin:
                embedded.ensure_database(admin, PEERS)
                admin.execute(f"alter database {DATABASE} set track_io_timing = off")
            schema.prepare(server.urls.owner)
            yield _furnish(folder, server)
        finally:
            server.release()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def application(config: Config, urls: Urls) -> Any:
    """The product's web application on these URLs, as its commands open it."""
    app = create_app(config.on(urls), threads=4)
    app.config.update(ASSETS_OPTIONAL=True)
    with app.app_context():
        check_keys()
    return app


def publish(model: Model) -> None:
    """Publish a model through the product's checks. Inside an application context."""
    now = clock.now()
    with as_practice(MSO), transaction() as session:
        types = authority.decision_types(session, now.date())
        known = LintContext(decision_types={key: frozenset(one.outcomes) for key, one in types.items()})
        definitions.publish(model.files, model.key, by=None, now=now, known=known)


def _furnish(folder: Path, server: EmbeddedServer) -> Site:
    config = Config.from_environ({"COUNTERSIGN_HOME": str(folder)})
    with application(config, server.urls).app_context():
        shipped.install("Bench Services", STATE)
        people.ensure_group(models.QUEUE, "Bench queue")
        made = [
            practices.add_practice(PracticeEntry(f"Bench Practice {i} PC", STATE, tin=f"{900000000 + i}")).id
            for i in range(PRACTICES)
        ]
        biller = mso_person("Ben Bench", BILLER)
        people.join_group(biller, models.QUEUE, now=clock.now())
        physicians = {practice: _physician(practice) for practice in made}
        for model in (models.straight(3), models.signed(3)):
            publish(model)
    site = Site(folder, server, server.urls, tuple(made), biller, physicians)
    _give_passwords(site, [biller, *physicians.values()])
    return site


def mso_person(name: str, email: str) -> UUID:
    """Somebody of the MSO's staff. Inside an application context."""
    now = clock.now()
    person = people.create_person(PersonEntry(name, email, name), now=now).id
    people.grant_role(person, "staff", now=now)
    affiliations.add_affiliation(AffiliationEntry(person, MSO, "mso", "staff", SINCE), now=now, by=None)
    return person


def _physician(practice: int) -> UUID:
    now, name = clock.now(), f"Doctor {practice}"
    person = people.create_person(PersonEntry(name, doctor(practice), f"{name}, MD"), now=now).id
    people.grant_role(person, "clinician", now=now)
    affiliations.add_affiliation(AffiliationEntry(person, practice, "practice", "physician", SINCE), now=now, by=None)
    entry = LicenseEntry(
        person,
        "MD",
        STATE,
        f"{STATE}-{practice}",
        issued_on=SINCE,
        expires_on=date(now.year + 2, 6, 30),
        verified_at=now,
        verification=CLEAR,
        source="benchmark",
    )
    licenses.add_license(entry, now=now, by=None)
    sanctions.record_screen(person, sanctions.LEIE, now=now, by=None)
    return person


def _give_passwords(site: Site, persons: Sequence[UUID]) -> None:
    """Verifying one is quick here; drivers keep the product from strengthening it (bench.product)."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with psycopg.connect(site.admin, autocommit=True) as admin:
        for person in persons:
            admin.execute(
                "insert into credential (person_id, password_hash, changed_at) values (%s, %s, now())", (person, cheap)
            )


def open_cases(site: Site, process_key: str, count: int, practices: Sequence[int] = ()) -> list[tuple[int, str]]:
    """Rows of cases that a process can be about, written in one COPY: (practice, case id)."""
    chosen = practices or site.practices
    made = [(chosen[i % len(chosen)], str(ids.new())) for i in range(count)]
    with psycopg.connect(site.admin, autocommit=True) as admin, admin.cursor() as cursor:
        columns = "practice_id, id, number, process_key, title, status, service_state, opened_at"
        with cursor.copy(f"copy case_file ({columns}) from stdin") as copy:
            for practice, case in made:
                at = clock.now().isoformat()
                copy.write_row((practice, case, f"B-{case}", process_key, "Bench case", "open", STATE, at))
    return made
