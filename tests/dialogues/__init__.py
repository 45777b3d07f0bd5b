"""Scripted dialogues that the demo must pass, and their loader."""
