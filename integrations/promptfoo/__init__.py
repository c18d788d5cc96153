"""promptfoo: a working folder for it, and the provider and the assertion that the folder calls."""
