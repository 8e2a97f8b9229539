"""Asks a server something small every 20 ms from a process of its own: python -m tests.server.edge.probe URL QUERY.

Each line it prints is an answer: when it was asked for and when it was there, in seconds of the machine's monotonic
clock, and its status. By turns it is one that is kept, and one that goes the long way.
"""

import json
import sys
import time
from http.client import HTTPConnection
from itertools import count
from urllib.parse import quote, urlsplit

EVERY_SECONDS = 0.02


def ask(connection: HTTPConnection, query: str, number: int) -> int:
    if number % 2:
        connection.request("GET", f"/graphql?query={quote(query)}")
    else:
        connection.request("POST", "/graphql", json.dumps({"query": query}), {"content-type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def main(url: str, query: str) -> None:
    where = urlsplit(url)
    connection = HTTPConnection(str(where.hostname), where.port, timeout=60)
    for number in count():
        began = time.monotonic()
        status = ask(connection, query, number)
        sys.stdout.write(f"{began} {time.monotonic()} {status}\n")
        sys.stdout.flush()
        time.sleep(EVERY_SECONDS)


if __name__ == "__main__":
    main(*sys.argv[1:])
