"""The daemon is killed at every step and at random moments; afterwards each post is held against what is really out.

`plan` says what a seed means, `run` carries it out with real processes, `oracle` judges the book by the platforms.
`fork_server` starts most of these processes, so that a run is spent on what they do and not on what they load.
"""
