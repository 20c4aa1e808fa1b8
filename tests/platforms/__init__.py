"""Tests of the adapters and of how platforms count."""
