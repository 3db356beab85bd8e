"""A store of files over HTTP, as Hadoop's clients ask one: what a bucket is to a cluster, on this machine.

It answers the four questions of WebHDFS that a reader asks. Amazon's own protocol needs libraries that Spark
does not bring with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests import services

PREFIX = "/webhdfs/v1/"


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, set[str]]]:
    """Serve a folder; yield its address and the names of the files of which bytes were sent."""
    sent: set[str] = set()

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *arguments: object) -> None:
            del format, arguments

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            asked = {name.lower(): values[0] for name, values in parse_qs(address.query).items()}
            path = folder / address.path.removeprefix(PREFIX)
            if not path.exists():
                self.say(
                    404, {"RemoteException": {"exception": "FileNotFoundException", "message": path.name}}
                )
            elif asked["op"] == "GETFILESTATUS":
                self.say(200, {"FileStatus": status(path)})
            elif asked["op"] == "LISTSTATUS":
                self.say(200, {"FileStatuses": {"FileStatus": [status(path)]}})
            elif asked["op"] == "GETFILEBLOCKLOCATIONS":
                self.say(200, {"BlockLocations": {"BlockLocation": []}})
            else:
                sent.add(path.name)
                begin = int(asked.get("offset", 0))
                self.send(200, path.read_bytes()[begin:], "application/octet-stream")

        def say(self, code: int, answer: object) -> None:
            self.send(code, json.dumps(answer).encode(), "application/json")

        def send(self, code: int, content: bytes, kind: str) -> None:
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                self.wfile.write(content)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the reader has what it wants

    with services.served(Answers) as address:
        yield address.replace("http:", "webhdfs:"), sent


def status(path: Path) -> dict[str, object]:
    """Say what Hadoop wants to know of a file."""
    found = path.stat()
    return {
        "accessTime": 0,
        "blockSize": 2**27,
        "group": "",
        "length": found.st_size,
        "modificationTime": int(found.st_mtime * 1000),
        "owner": "",
        "pathSuffix": "",
        "permission": "644",
        "replication": 1,
        "type": "FILE",
    }
