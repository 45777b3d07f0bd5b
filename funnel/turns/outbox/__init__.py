"""The outbox: deliveries leave in order within a conversation, none waits for another conversation or inbox."""
