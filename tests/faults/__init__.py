"""The faults of an ordinary bad day, each with the real daemon: afterwards every post is decided as it really is."""
