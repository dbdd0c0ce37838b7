"""The job queue's own tables and functions, as its library brings them, with our grants."""

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, inspect

from store import roles


def install_queue(connection: Connection) -> None:
    """Create what the job queue needs, unless it is there."""
    if not inspect(connection).has_table("procrastinate_jobs"):
        run_script(connection, SchemaManager.get_schema())
    roles.protect_queue(connection)


def run_script(connection: Connection, script: str) -> None:
    """Several statements at once, exactly as written (neither colons nor percent signs mean parameters)."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(script)
