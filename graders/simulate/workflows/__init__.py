"""What GitHub Actions would run, for an event, a branch, a fork, and whatever goes wrong (docs/oracles/workflows.md)."""
