"""The project behind the server that the product uses, with as many threads. Settings come on standard input."""

import json
import sys

import waitress

from bench.peers.viewflow.program.project import configure


def main() -> None:
    """Serve until standard input closes or a signal comes. Prints the port it listens on."""
    given = json.loads(sys.stdin.readline())
    configure(given)
    from django.core.wsgi import get_wsgi_application

    server = waitress.create_server(get_wsgi_application(), host="127.0.0.1", port=0, threads=8, ident=None)
    print(json.dumps({"port": server.effective_port}), flush=True)
    server.run()


if __name__ == "__main__":
    main()
