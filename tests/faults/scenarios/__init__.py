"""One module a guarantee: `run(world)` does the harm, fills the journal and leaves findings on the world's verdict."""
