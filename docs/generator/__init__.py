"""Writes `docs/reference/` from the model of the language, which is also what documents are read with; run by `make reference`."""
