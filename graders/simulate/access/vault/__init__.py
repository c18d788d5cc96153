"""Vault's ACL: policies as Vault reads them, decisions on single requests, permissions needed against granted."""
