"""How tests and benches start the `axtui` command: by the Python that runs them. Needs no pytest, as benches do not."""

PROGRAM = "import sys; from axtui.cli.main import main; sys.exit(main())"
