"""Playbooks as they are stored and published: drafts, versions that never change, and what is live on every process."""
