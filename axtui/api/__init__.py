"""What authors of methods and build scripts import; `axtui/__init__.py` offers the same names."""
