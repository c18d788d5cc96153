"""Drydock inside other programs: promptfoo and pytest."""
