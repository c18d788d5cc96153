"""Roles and policies as a configuration makes them."""
