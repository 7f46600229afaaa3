# Every routine task, one word each: `make help` lists them.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP_CONSTRAINTS ?= --constraint constraints.txt
WORKERS ?= auto
SECONDS ?= 600
SEED ?= $(shell date +%s)

# One thread for each process: the chapters run side by side, and timings stay comparable.
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1
export PYTHONUTF8 = 1

.DEFAULT_GOAL = help
.PHONY: help chromium book serve pdf test test-site test-latest test-portability fuzz mlp labels assertions picture logo draw run run-all starter lint bench clean

help:  ## list these tasks
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

$(VENV)/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "The book needs Python 3.11 or later; name one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "$(PYTHON) lacks venv; on Debian and Ubuntu install the package python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_CONSTRAINTS) --editable '.[book,test]'
	@touch $@

$(VENV)/installed-site: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_CONSTRAINTS) --editable '.[site]'
	@touch $@

chromium: $(VENV)/installed-site
	@$(BIN)/python book/_tools/browser.py

book: $(VENV)/installed  ## build the book from the stored outputs, warnings are errors
	rm -rf _build
	$(BIN)/jupyter-book build . -W -n --keep-going --quiet
	$(BIN)/python -m pytest --quiet -n $(WORKERS) --maxprocesses 4 tests/built
	@echo "The book is built. Its first page: $(CURDIR)/_build/html/index.html"

serve: book  ## build the book and serve it at http://localhost:8000
	$(BIN)/python -m http.server --bind localhost --directory _build/html 8000

pdf: chromium book  ## the whole book as one PDF, printed by Chromium
	$(BIN)/python book/_tools/pdf.py

test: lint  ## lint, unit tests, and every chapter executed and compared
	$(BIN)/python -m pytest --quiet -n $(WORKERS) --maxprocesses 4 --dist loadfile \
	  --no-loadscope-reorder --nbval --nbval-current-env --nbval-cell-timeout 600 \
	  --ignore tests/built --ignore tests/site book tests

test-site: chromium book  ## every page in Chromium: offline, accessible, light, complete
	$(BIN)/python -m pytest --quiet -n 2 --dist worksteal tests/site

test-latest:  ## the same tests with the newest releases of everything, unpinned
	$(MAKE) test VENV=.venv-latest PIP_CONSTRAINTS=--upgrade

test-portability: $(VENV)/installed  ## every chapter under other BLAS kernels and thread counts
	$(BIN)/python book/_tools/portability.py

fuzz: $(VENV)/installed  ## random claims, each verdict beside numbers: make fuzz SECONDS=600
	$(BIN)/python tests/proof/proof_grammar.py --seconds $(SECONDS) --seed $(SEED)

mlp: $(VENV)/installed  ## write mlp/ from the chapters' cells
	$(BIN)/python book/_tools/modules.py

labels: $(VENV)/installed  ## write the page of the equations and where they live
	$(BIN)/python book/_tools/labels.py

assertions: $(VENV)/installed  ## write the page of what the chapters assert
	$(BIN)/python book/_tools/assertions.py

picture: $(VENV)/installed  ## copy the title page's picture from the chapter that draws it
	$(BIN)/python book/_tools/picture.py

logo: $(VENV)/installed  ## draw the logo and favicon
	$(BIN)/python book/_tools/logo.py

draw: $(VENV)/installed  ## store the networks of the page to draw on
	$(BIN)/python book/_tools/draw_weights.py

run: $(VENV)/installed  ## execute chapters in place: make run CHAPTER=book/train/toy.ipynb
	$(BIN)/python book/_tools/run_chapter.py $(CHAPTER)

run-all: mlp  ## execute every chapter in place
	$(BIN)/python book/_tools/run_chapter.py $$($(BIN)/python -c \
	  "import sys; sys.path.insert(0, 'book/_tools'); import modules; print(*modules.notebooks())")

starter: $(VENV)/installed  ## write the problem set to solve into the folder starter/
	$(BIN)/python -m mlp.grader.starter

lint: $(VENV)/installed  ## ruff, notebooks included
	$(BIN)/ruff check --quiet

bench: $(VENV)/installed  ## epochs of the MNIST net beside the floor and other libraries
	$(BIN)/python tests/bench_training.py

clean:  ## remove everything that can be made again
	rm -rf _build .venv .venv-latest .pytest_cache .ruff_cache .hypothesis *.egg-info
