"""The program of the child process that reads the text of a PDF; see `hikiwake.extract.pdf`, which starts it.

It is run by its path in a bare interpreter and imports nothing of ours: a file that crashes or exhausts the
library ends this process only.
"""

from __future__ import annotations

import marshal
import sys

FAULT_OF_DOCUMENT = 70
"""Exit code for a file that is no PDF or needs a password (sysexits: internal software error)."""


def main() -> int:
    """Read the path of imports, the file's bytes and the limits; write the texts of the pages."""
    path, content, memory, seconds, pages = marshal.load(sys.stdin.buffer)  # noqa: S302 - written by our own parent process
    sys.path[:] = path
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    except (ImportError, ValueError):
        pass  # Windows has no such limits; elsewhere lower ones may hold already
    import pypdfium2  # type: ignore[import-untyped]

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as fault:
        sys.stderr.write(str(fault))
        return FAULT_OF_DOCUMENT
    texts = [
        document[number].get_textpage().get_text_bounded() for number in range(min(len(document), pages))
    ]
    marshal.dump((len(document), texts), sys.stdout.buffer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
