"""The workbench: state, screens, widgets. Builds nothing and never writes the store."""
