"""Kubernetes RBAC: what a subject may do once the objects of an answer are applied."""
