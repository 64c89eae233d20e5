# The environment is made by the README's second command; `make PYTHON=python3 fast` uses another one.
PYTHON ?= .venv/bin/python
AXTUI = $(abspath $(PYTHON)) -c 'import sys; from axtui.cli.main import main; sys.exit(main())'

.PHONY: help check fast lint format bench screenshots

help:            ## show what there is
	@sed -n 's/^\([a-z]*\): *## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

check:           ## everything that must hold, as CI runs it
	.ci/run

fast:            ## the tests that take no more than a few seconds each
	$(PYTHON) -m pytest -q -m "not slow"

lint:            ## style, types and import directions (needs the extra `check`)
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff check --config axtui/demo/project.ruff.toml axtui/demo/project
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(dir $(PYTHON))lint-imports

format:          ## lay the code out as `check` wants it
	$(PYTHON) -m ruff check --fix-only .
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff format --config axtui/demo/project.ruff.toml axtui/demo/project

bench:           ## speed against the Accelerator (needs the extra `bench`), as ratios; never fails on time
	$(PYTHON) -m tests.bench

screenshots:     ## draw the pictures in screenshots/ anew, from the demo (needs the extra `screenshot`)
	AXTUI="$(abspath $(PYTHON)) -m axtui.cli.main" screenshots/draw.sh
