"""The way in: a webhook request is verified and kept, then read into events, and each event becomes a turn."""
