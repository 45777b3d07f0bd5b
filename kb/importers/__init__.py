"""Bringing articles in: files, archives, tables and exports of other systems, read purely and stored all at once."""
