"""Alerting rules on simulated incidents: who is told, when, and how long."""
