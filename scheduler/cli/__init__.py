"""The door for people at a terminal: one file for each noun, and `main`, which knows them all by name only."""
