"""Saved replies: texts with placeholders that agents share or keep for themselves."""
