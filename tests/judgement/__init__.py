"""Labelled phrases and dialogues of the project, and the bars they must meet."""
