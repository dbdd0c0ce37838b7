"""The product's web server on a site: the same application, the same waitress with the same threads as `serve`.

Only the passwords stay as cheap to verify as the site made them. Reads its settings from standard input and prints the
port it listens on.
"""

import json
import sys

import waitress

from bench.product import keep_cheap_passwords
from config import Config
from store.embedded import Urls
from webapp.application import create_app
from webapp.cli.context import check_keys
from webapp.cli.serve import HOST, THREADS


def main() -> None:
    """Serve until it is stopped."""
    given = json.loads(sys.stdin.readline())
    keep_cheap_passwords()
    config = Config.from_environ({"COUNTERSIGN_HOME": given["home"]}).on(Urls(**given["urls"]))
    app = create_app(config)
    app.config.update(ASSETS_OPTIONAL=True)
    with app.app_context():
        check_keys()
    server = waitress.create_server(app, host=HOST, port=0, threads=THREADS, ident=None, channel_timeout=60)
    print(json.dumps({"port": server.effective_port}), flush=True)
    server.run()


if __name__ == "__main__":
    main()
