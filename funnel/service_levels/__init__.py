"""Opening hours and what may be promised within them."""
