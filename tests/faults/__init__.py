"""Fault tests: real processes, a real PostgreSQL, killed, cut and starved while bots talk; a checker judges the journal."""
