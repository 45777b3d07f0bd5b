"""The SQL of the log, written by hand over asyncpg: loading for a turn, writing a turn, reading rows back."""
