"""Files sent by visitors and agents: what they really are, how they are made harmless, where they lie."""
