"""Who is there and how long it takes: the read model that promises and routing go by."""
