"""Write what is said about every mistake today, and name the files that changed: for review, never by a test."""

from __future__ import annotations

import sys

from tests.interpreter.document.mistakes import FOLDER, documents, expectation, told

for document in documents():
    file, now = expectation(document), told(document)
    if not file.exists() or file.read_text() != now:
        file.write_text(now)
        sys.stdout.write(f"{file.relative_to(FOLDER)}\n")
