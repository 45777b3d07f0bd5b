"""The conversation as pure values: events, state, fold, commands, timers. No I/O, no clock, no randomness."""
