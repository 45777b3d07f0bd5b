"""Connectors: one module a channel, strangers to each other. They speak the platforms' words on one side, the port's on the other."""
