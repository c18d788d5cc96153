"""HCL: text to trees, and what its values, operators and functions are."""
