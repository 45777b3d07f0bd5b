"""Rule sets as they are kept: versions, what is live, switches."""
