"""What the interpreter costs, beside hand-written Temporal workflows that do the same; `make bench`."""
