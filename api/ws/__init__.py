"""The live socket `/v1/ws`: frames, replay, the stream, and what closes it."""
