"""Terraform applied, planned again and changed, against a simulated cloud (docs/oracles/terraform.md)."""
