"""The HTTP routes: thin, one call each, with the credential they need in their signature."""
