"""What the log tells afterwards: questions, how they were answered, and what came of it. Reads only."""
