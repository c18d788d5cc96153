"""The verdict of a night: tonight's run against the nights before it."""
