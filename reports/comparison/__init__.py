"""Runs compared: what they share, how they differ, and what that allows to say."""
