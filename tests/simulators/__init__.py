"""Local doubles of platforms, driven by the real connectors over real sockets."""
