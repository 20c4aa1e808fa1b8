"""SOMEBODY KNOWS: what a person must be told is watched for, put into few messages, and brought until it has arrived."""
