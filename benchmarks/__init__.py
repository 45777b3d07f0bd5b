"""The benchmarks: what each part costs as a ratio to the least that could do the same work, in one interleaved run."""
