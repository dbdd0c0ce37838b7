"""The whole application and its clients."""

from tests.clients import application, browser_client, client_of, office, office_people, post_era

__all__ = ["application", "browser_client", "client_of", "office", "office_people", "post_era"]
