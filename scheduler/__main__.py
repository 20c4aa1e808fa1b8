"""Lets `python -m scheduler` be the command `redletter`."""

from scheduler.cli.main import main

if __name__ == "__main__":
    main()
