"""The way out: rendered parts become a platform's calls, and its answers become results."""
