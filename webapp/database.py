"""How does this process reach its database? The one that the settings name, else the embedded one, joined here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from config import Config
from store import embedded, engines


@contextmanager
def opened(config: Config, say: Callable[[str], None] = lambda line: None) -> Iterator[Config]:
    """The settings with database URLs that work, for as long as the block lasts."""
    if config.database_url:
        urls = config.urls
        engines.refuse_unreachable(
            {"DATABASE_URL": urls.app, "DATABASE_OWNER_URL": urls.owner, "DATABASE_REGISTER_URL": urls.register}
        )
        yield config
        return
    server = embedded.join(config.home, say=say)
    try:
        yield config.on(server.urls)
    finally:
        server.release()


def conninfo(config: Config) -> str:
    """The application's database as the job queue's own pool wants it."""
    return config.urls.app.replace("postgresql+psycopg://", "postgresql://", 1)
