"""The terminal view of runs: runs, samples, findings, and an answer with its findings under its lines."""
