"""The one path on which anything happens to a conversation: pipeline, store, feed, timers, outbox."""
