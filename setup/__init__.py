"""Brings every dependency of Drydock to this machine. Standard library only: it runs first."""
