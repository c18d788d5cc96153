"""Who may do what: Kubernetes RBAC, NetworkPolicies, AWS IAM and Vault policies evaluated (docs/oracles/access.md)."""
