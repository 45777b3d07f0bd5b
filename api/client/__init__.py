"""The reference client: what `funnel chat` and the fault tests speak with. It knows the public API and nothing else."""
