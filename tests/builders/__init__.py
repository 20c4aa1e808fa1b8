"""Builders: each makes one thing that a test needs, and takes only what the test cares about."""
