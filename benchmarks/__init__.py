"""Benchmarks: what the figures in README.md are measured with."""
