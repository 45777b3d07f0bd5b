"""Rules as documents: model, YAML, compiling to closures, judging with a trace, lint and diff. Pure; no expression language."""
