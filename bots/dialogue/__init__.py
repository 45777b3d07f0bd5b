"""The dialogue engine: what the bot does next and in which words. Pure: no I/O, no clock, no randomness."""
