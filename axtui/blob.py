"""What authors import from `axtui.blob`: pickled files of any job by function; the functions are `axtui.api.blob`'s."""

from axtui.api.blob import load, save

__all__ = ["load", "save"]
