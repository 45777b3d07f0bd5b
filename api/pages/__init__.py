"""The web as built by `make web`: widget, desk and demo shop, served from memory under a strict policy."""
