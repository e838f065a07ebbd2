"""Serverless Workflow DSL 1.0, interpreted: a pure core (`engine.advance`) and, inside it, two shells (`temporal`, `evaluation`)."""
