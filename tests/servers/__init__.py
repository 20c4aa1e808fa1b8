"""Servers that stand in for platforms, on loopback only."""
