"""Kubernetes NetworkPolicies: who can connect to whom."""
