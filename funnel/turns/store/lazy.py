"""Commits that need not wait for the disk: for what a crash of the database may forget, because it is then done again."""

from typing import Final

LAZY: Final = "(select set_config('synchronous_commit', 'off', true)) is not null"
"""A condition that is always true and makes its one statement commit without waiting for the disk. Commits reach the disk in
their order all the same, so what such a statement says is never kept where an earlier commit was lost."""
