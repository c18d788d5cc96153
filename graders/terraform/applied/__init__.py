"""A configuration as it came out of the simulated cloud."""
