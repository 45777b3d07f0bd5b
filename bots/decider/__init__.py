"""Composes signals, knowledge base, dialogue and estimates into `decide` for every command of a conversation."""
