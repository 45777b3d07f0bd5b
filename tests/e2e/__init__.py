"""The product as a stranger meets it: the demo as a process, spoken to over the public API alone."""
