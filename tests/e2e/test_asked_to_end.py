"""Ctrl-C, a polite kill and a closed terminal, in the middle of what Python cannot interrupt."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hikiwake.cli import interrupts

# In place of a command: a library that does not look at signals, or takes the interrupt for itself.
SCRIPT = """
import hashlib, sys
from pathlib import Path
from hikiwake.__main__ import main
from hikiwake.cli import app
from hikiwake.store.temporary import passing
def command(**given):
    with passing(Path("half.part")) as half:
        half.write_bytes(b"half")
        print("begun", flush=True)
        try:
            work()
        except KeyboardInterrupt:
            if {taken}:
                work()
            raise
def work():
    hashlib.pbkdf2_hmac("sha256", b"", b"", {rounds})
app.commands.main = command
sys.argv = ["hikiwake", "ties"]
main()
"""
FOREVER = 2**31 - 1


def ended(
    folder: Path, number: int, rounds: int, *, taken: bool = False, times: int = 1
) -> tuple[int, bytes, float]:
    """Ask for the end so many times; return the exit code, what was said, and how long it went on."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(rounds=rounds, taken=taken)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"begun\n"
            begun = time.monotonic()
            for _ in range(times):
                process.send_signal(number)
                time.sleep(0.01)
            _, said = process.communicate(timeout=60)
            return process.returncode, said, time.monotonic() - begun
        finally:
            process.kill()  # what did not listen would go on beside the tests that follow


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
@pytest.mark.parametrize("times", [1, 3])
def test_what_does_not_listen_is_ended_in_time(tmp_path: Path, number: int, code: int, times: int) -> None:
    returned, said, lasted = ended(tmp_path, number, FOREVER, times=times)
    assert (returned, said) == (code, b"interrupted; nothing was left half-written\n")
    assert list(tmp_path.iterdir()) == []
    assert lasted < 30  # it would go on for an hour; how soon it ends is measured, not tested


def test_an_interrupt_that_something_takes_is_obeyed_all_the_same(tmp_path: Path) -> None:
    returned, said, _ = ended(tmp_path, signal.SIGINT, 10**7, taken=True)
    assert (returned, said) == (130, b"interrupted; nothing was left half-written\n")
    assert list(tmp_path.iterdir()) == []


def test_signals_are_in_the_hands_they_were_in_before() -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    with interrupts.noticing_interrupts() as noticed:
        if before[0] is signal.default_int_handler:
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)  # once is enough
            assert noticed == [signal.SIGINT] * 2
            assert interrupts.exit_code(noticed) == 130
    assert [signal.getsignal(number) for number in numbers] == before
    assert signal.set_wakeup_fd(-1) == -1
    time.sleep(2 * interrupts.GRACE)  # and nobody ends this process
