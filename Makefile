# Every routine task, one word each: `make help` lists them. All but the last two are those of
# `python -m book.tools`; make sees to the environment that they run in.

PYTHON ?= python3
VENV ?= .venv
PIP_CONSTRAINTS ?= --constraint constraints.txt
SECONDS ?= 600
SEED ?= $(shell date +%s)
export WORKERS ?= auto

TOOLS = $(VENV)/bin/python -m book.tools
PIP = $(VENV)/bin/python -m pip --quiet --disable-pip-version-check
INSTALL = $(PIP) install $(PIP_CONSTRAINTS) --editable
HERE = book serve lint test test-peers test-portability generate run-all starter bench bench-grader first-lines
IN_CHROMIUM = chromium pdf test-site test-live ci

.DEFAULT_GOAL = help
.PHONY: help run fuzz bench-verdicts publish test-latest clean $(HERE) $(IN_CHROMIUM)

help:
	@$(PYTHON) -m book.tools | sed 's/^/make /'
	@echo "make run CHAPTER=book/train/toy.ipynb, make fuzz SECONDS=600 SEED=1, make publish FOLDER=…"
	@echo "make bench-verdicts SEED=1"
	@echo "make book PYODIDE=…, make test-live PYODIDE=…  with a folder of Python for the browser"
	@echo "make test-latest       the same tests with the newest releases of everything, unpinned"
	@echo "make clean             remove everything that can be made again"

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "The book needs Python 3.11 or later; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "$(PYTHON) lacks venv; on Debian and Ubuntu install the package python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) '.[book,test]'
	@touch $@

$(VENV)/installed-site: $(VENV)/installed
	$(INSTALL) '.[site]'
	@touch $@

$(HERE): $(VENV)/installed
	@$(TOOLS) $@

$(IN_CHROMIUM): $(VENV)/installed-site
	@$(TOOLS) $@

run: $(VENV)/installed
	@$(TOOLS) run $(CHAPTER)

fuzz: $(VENV)/installed
	@$(TOOLS) fuzz --seconds $(SECONDS) --seed $(SEED)

bench-verdicts: $(VENV)/installed
	@$(TOOLS) bench-verdicts $(SEED)

publish: $(VENV)/installed
	@$(TOOLS) publish $(FOLDER)

test-latest:
	$(MAKE) test VENV=.venv-latest PIP_CONSTRAINTS=--upgrade

clean:
	rm -rf _build .venv .venv-latest .pytest_cache .ruff_cache .hypothesis *.egg-info
