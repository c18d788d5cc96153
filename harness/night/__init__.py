"""The nightly panel: its models and seeds, the frozen recordings, the committed baseline, and the issue it opens."""
