"""A configuration as it is written: folders, modules, instances, and what their expressions come to."""
