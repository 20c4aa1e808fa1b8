"""Puts the parts together from the configuration; the only such place. One module for each thing that is done with them."""

from scheduler.app.workspace import Workspace, open_workspace

__all__ = ["Workspace", "open_workspace"]
