"""Asking a service on the web: slowly, again where it fails, and believing only what is whole.

The standard library asks: one kind of question, one at a time, needs no pool of connections and no sessions,
and an HTTP library would come with a handful of packages for the one command that goes on the web.
"""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec

from hikiwake.core.errors import BadInput, BadUsage, Environment

T = TypeVar("T")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LARGEST = 512 * 2**20
TOO_MANY = 429
REFUSED = (401, 403)


class Patience(msgspec.Struct, frozen=True):
    """How slowly to ask (seconds from one question to the next), how often, and how long to wait at most."""

    pause: float = 1.0
    tries: int = 6
    longest: float = 300.0
    timeout: float = 120.0


class Client:
    """Asks one service; remembers when it last did."""

    def __init__(self, service: str, headers: dict[str, str], patience: Patience) -> None:
        place = urlsplit(service)
        if place.scheme != "https" and not (place.scheme == "http" and place.hostname in LOOPBACK):
            raise BadUsage(
                where=service,
                why="neither a key nor figures may travel in clear text",
                remedy="Give an address that begins with https://.",
            )
        self._service, self._headers, self._patience = service.rstrip("/"), headers, patience
        # What this machine serves itself is not asked for through a proxy.
        proxies = urllib.request.ProxyHandler({} if place.hostname in LOOPBACK else None)
        self._opener = urllib.request.build_opener(proxies, _NoRedirect())
        self._last = float("-inf")

    def ask(self, path: str, accept: Callable[[bytes], T]) -> T:
        """Return what `accept` makes of the reply.

        A `ValueError` of `accept`, a reply of another type than JSON or cut short, a service that is down or
        too busy: each is asked again, later and later, or when the service says. Raises `Environment` when
        the service does not recover, `BadUsage` where it refuses the key, `BadInput` where the question.
        """
        wait, said = self._patience.pause, ""
        for attempt in range(self._patience.tries):
            if attempt:
                time.sleep(wait)
            try:
                return accept(self._once(path))
            except urllib.error.HTTPError as fault:
                with fault:
                    said = f"it answers {fault.code} {fault.reason}"
                    self._give_up_on(fault)
                    asked = _retry_after(fault.headers)
                    wait = asked if asked is not None else self._backoff(attempt)
            except (ValueError, OSError, HTTPException) as fault:
                said = str(getattr(fault, "reason", fault)) or type(fault).__name__
                wait = self._backoff(attempt)
            if wait > self._patience.longest:
                break
        raise Environment(
            where=self._service,
            why=f"the service does not answer well ({said[:160]})",
            remedy="Give the command again later; what has come is kept, and it goes on from there.",
        )

    def _once(self, path: str) -> bytes:
        time.sleep(max(0.0, self._last + self._patience.pause - time.monotonic()))
        self._last = time.monotonic()
        request = urllib.request.Request(  # noqa: S310  (the scheme was looked at)
            self._service + path, headers={"Accept": "application/json", **self._headers}
        )
        reply: HTTPResponse
        with self._opener.open(request, timeout=self._patience.timeout) as reply:
            kind = reply.headers.get_content_type()
            if kind != "application/json":
                raise ValueError(f"it sends {kind} in place of JSON")
            content = reply.read(LARGEST + 1)
            announced = reply.headers.get("Content-Length")
            if len(content) > LARGEST:
                raise ValueError(f"it sends more than {LARGEST} bytes")
            if announced is not None and announced.isdigit() and int(announced) != len(content):
                raise ValueError(f"it announces {announced} bytes and sends {len(content)}")
            return content

    def _backoff(self, attempt: int) -> float:
        return float(self._patience.pause * 2**attempt)

    def _give_up_on(self, fault: urllib.error.HTTPError) -> None:
        """Raise where asking again is no use."""
        if fault.code in REFUSED and self._headers:
            raise BadUsage(
                where=self._service,
                why=f"the service refuses the key ({fault.code} {fault.reason})",
                remedy="Look whether the key is right and its product allows this; it is never printed here.",
            ) from None
        if fault.code < 500 and fault.code != TOO_MANY:
            said = fault.read(300).decode("utf-8", "replace")
            for secret in self._headers.values():
                said = said.replace(secret, "***")
            raise BadInput(
                where=self._service,
                why=f"the service refuses the question ({fault.code} {fault.reason}: {said[:160]})",
                remedy="Compare reporter, years and products with what the service holds.",
            ) from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Another address would be sent the key; a redirect is an error of the service."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: object,
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        """Follow none."""
        del req, fp, code, msg, headers, newurl


def _retry_after(headers: Message) -> float | None:
    """Return the seconds that a service asks to wait: a number, or a date."""
    said = (headers.get("Retry-After") or "").strip()
    if said.isdigit():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
