"""The Accelerator's name for where the hash of any value is; see `axtui.dsutil`."""

from axtui.dataset.hashing import hash_value as hash

__all__ = ["hash"]
