"""The program of the child process in which Typst runs: one document from standard input to standard output.

It is run by its path in a bare interpreter and imports nothing of ours, so that it starts in no time; see
`hikiwake.render.typesetting`, which starts it.
"""

from __future__ import annotations

import marshal
import sys

FAULT_OF_DOCUMENT = 70
"""Exit code for a fault of template or data (sysexits: internal software error)."""


def main() -> int:
    """Read the path of imports and the limit, get ready, read inputs and folder of fonts; write the PDF."""
    path, limit = marshal.load(sys.stdin.buffer)  # noqa: S302 - written by our own parent process
    sys.path[:] = path
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, ValueError):
        pass  # Windows has no such limit; elsewhere a lower one may hold already
    import typst

    inputs, fonts = marshal.load(sys.stdin.buffer)  # noqa: S302 - as above
    try:
        made = typst.compile(
            inputs, font_paths=[fonts], ignore_system_fonts=True, pdf_standards=["ua-1"], format="pdf"
        )
    except typst.TypstError as fault:
        sys.stderr.write(str(fault))
        return FAULT_OF_DOCUMENT
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
