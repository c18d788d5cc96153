"""A model's score over nights, and what else changed between them (docs/trend.md)."""
