# Everything works on a machine that has only Python 3.11 or newer, pip and make.
#   make demo PYTHON=/path/to/python3   uses that Python for the virtual environment

VENV ?= .venv
PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13 python3.14; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$name"; break; }; done)
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip
TORCH := torch==2.13.0
# Holds builds of torch without CUDA; where it cannot be reached, the usual index is used.
TORCH_CPU_INDEX ?= https://download.pytorch.org/whl/cpu
# Where those builds are linked, for the lock of the container; torch alone is taken from there.
TORCH_CPU_LINKS ?= $(or $(PIP_FIND_LINKS),$(TORCH_CPU_INDEX)/torch/)
LOCKS := deploy/requirements-cpu.lock deploy/requirements-cuda.lock

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help venv demo test soak soak-hour lint types bench fuzz lock audit clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile

venv: $(VENV)/.installed-dev ## make the virtual environment with all tools

demo: $(VENV)/.installed ## count a simulated slide
	$(BIN)/smearwatch demo

test: $(VENV)/.installed-dev ## run the tests
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

# COUNT schedules of faults from seed FIRST on, JOBS at a time, then a store that is away.
FIRST ?= 0
COUNT ?= 200
JOBS ?= 2
OUTAGE_S ?= 60
SOAK := PYTHONPATH=.:tests/faults OMP_NUM_THREADS=1 $(BIN)/python -m soak

soak: $(VENV)/.installed-dev ## run 200 slides under faults of all kinds (about 15 minutes)
	$(SOAK) schedules --first $(FIRST) --count $(COUNT) --jobs $(JOBS)
	$(SOAK) outage --seconds $(OUTAGE_S)

MINUTES ?= 60

soak-hour: $(VENV)/.installed-dev ## count at full rate for an hour, watching memory, files, sockets
	PYTHONPATH=.:tests/faults $(BIN)/python -m soak hour --minutes $(MINUTES)

lint: $(VENV)/.installed-dev ## check style, format and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.installed-dev ## check types
	$(BIN)/mypy

bench: $(VENV)/.installed-dev ## measure the pipeline against a plain script
	$(BIN)/smearwatch benchmark pipeline

fuzz: $(VENV)/.installed-dev ## try 2,000 spoilt pictures and as much of everything else
	FUZZ_CASES=2000 $(BIN)/python -m pytest tests/fuzz --timeout 1800

lock: $(VENV)/.installed-release ## make the containers' locks anew: FRESH=1 takes the newest of all
	printf '$(TORCH)+cpu\n' >$(VENV)/torch.in
	$(call compile,cpu) --find-links $(TORCH_CPU_LINKS)
	printf '$(TORCH)\n' >$(VENV)/torch.in
	$(call compile,cuda)

audit: $(VENV)/.installed-release ## look for known weaknesses in what is locked; needs the internet
	for lock in $(LOCKS); do \
		sed 's/^\(torch==[0-9.]*\)+cpu/\1/' $$lock >$(VENV)/audit.txt; \
		$(BIN)/pip-audit --strict --progress-spinner off --disable-pip --require-hashes \
			-r $(VENV)/audit.txt || exit 1; \
	done

# All platforms and Pythons in one, each file by its SHA-256.
compile = $(BIN)/uv pip compile --no-config --quiet --universal --python-version 3.11 \
	--python $(BIN)/python --generate-hashes --custom-compile-command 'make lock' \
	--extra parquet --extra plots --constraints $(VENV)/torch.in $(if $(FRESH),--upgrade) \
	--no-annotate --output-file deploy/requirements-$(1).lock pyproject.toml

clean: ## remove the virtual environment, builds and caches
	rm -rf $(VENV) build dist *.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find config segmenter workers monitor tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/pip:
	@test -n "$(PYTHON)" || { \
		echo "no Python 3.11 or newer found: install one, or name it: make PYTHON=/path/to/python3"; \
		exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is not Python 3.11 or newer: name one, make PYTHON=/path/to/python3"; \
		exit 1; }
	"$(PYTHON)" -m venv $(VENV)

# Without a GPU the build without CUDA, which spares gigabytes. Its own dependencies come from
# the usual index with the next step, so only torch is asked for at an index of its own.
$(VENV)/.torch: $(BIN)/pip
	@if $(BIN)/python -c 'import torch' 2>/dev/null; then \
		echo "torch is installed"; \
	elif nvidia-smi -L >/dev/null 2>&1; then \
		echo "NVIDIA GPU found: torch comes with CUDA"; \
		$(PIP) install $(TORCH); \
	else \
		$(PIP) install --no-deps --retries 2 --extra-index-url $(TORCH_CPU_INDEX) $(TORCH); \
	fi
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.torch
	$(PIP) install -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml $(VENV)/.torch
	$(PIP) install -e '.[dev]'
	@touch $(VENV)/.installed $@

$(VENV)/.installed-release: pyproject.toml $(BIN)/pip
	$(PIP) install 'uv>=0.5' 'pip-audit>=2.9'
	@touch $@
