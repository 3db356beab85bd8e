"""Settings for all tests: the same examples on every run, no time limit that a busy machine could miss."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("steady")
