"""Write the reference anew, and remove pages that no longer belong to it."""

from __future__ import annotations

from docs.generator.pages import FOLDER, written

pages = written()
FOLDER.mkdir(exist_ok=True)
for old in FOLDER.glob("*.md"):
    if old.name not in pages:
        old.unlink()
for name, text in pages.items():
    (FOLDER / name).write_text(text)
