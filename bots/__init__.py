"""The bot: its dialogue and its decider."""
