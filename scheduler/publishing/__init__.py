"""GOING OUT: the daemon, its clock, its publisher, and the one table from what a platform said to what becomes of a post."""
