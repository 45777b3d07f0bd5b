"""The port to the channels, in the funnel's own words: what comes in, what goes out, what a channel can do. Pure."""
