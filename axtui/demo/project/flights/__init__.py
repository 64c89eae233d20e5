"""The demo: methods (a_*.py), what they share, and the build script (build.py)."""
