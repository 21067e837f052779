# `make run` and `make test` need Python 3.11 or newer, make, and nothing else.
# PYTHON=python3.12 chooses an interpreter, PORT=8123 a port; DATABASE_URL and REDIS_URL name servers that run already.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test lint format faults bench bench-matching lock screenshots

PY := .venv/bin/python
DEVSERVICES := $(PY) -m betterstart.devservices
# Tools that only read the code still load the settings.
LINT_ENV := SECRET_KEY=only-for-linting DATABASE_URL=postgres://nobody@127.0.0.1/none

help:
	@echo "make run    the demo: database, queue, web and workers; Ctrl-C stops everything"
	@echo "make test   linters, type checks and every test"
	@echo "make lint | format | faults | bench | bench-matching | lock | screenshots"

# --- the environment: made once, made again when what is locked changes -------------------------------------------
# The stamp carries the checksum of what was installed. A linked .venv belongs to somebody else and is used as it is.
sum = $(firstword $(shell cat $(1) | cksum))
ifeq ($(shell test -L .venv && echo linked),linked)
RUN_READY :=
TEST_READY :=
else
RUN_READY := .venv/run-$(call sum,requirements-local.lock)
TEST_READY := .venv/test-$(call sum,requirements-test.lock)
ifneq ($(PYTHON),)
ifneq ($(shell $(PYTHON) -c 'import sys; print(sys.version_info[:2])'),$(shell $(PY) -c 'import sys; print(sys.version_info[:2])' 2>/dev/null))
$(shell rm -f .venv/run-* .venv/test-*)
endif
endif
endif

define FIND_PYTHON
	found=; \
	for each in $(or $(PYTHON),python3.11 python3.12 python3.13 python3.14 python3 python); do \
		if $$each -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$each; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "Python 3.11 or newer with its venv module is needed$(if $(PYTHON), and $(PYTHON) is not that,)."; \
		echo "On Debian or Ubuntu: apt-get install python3 python3-venv"; exit 1; \
	fi
endef

# uv installs in half the time; it is locked like everything else. Where it cannot be had, or cannot reach the index
# that pip was told to use, pip does the same work.
define INSTALL
	export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore; \
	sed -n '/^uv==/,/[^\\]$$/p' $(1) > .venv/uv.txt; \
	index=$${PIP_INDEX_URL:-$$($(PY) -m pip config get global.index-url 2>/dev/null || true)}; \
	if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi; \
	if { [ -x .venv/bin/uv ] || $(PY) -m pip install --quiet --require-hashes --no-deps -r .venv/uv.txt; } \
		&& .venv/bin/uv pip install --quiet --python $(PY) --require-hashes --compile-bytecode -r $(1); then :; \
	else \
		echo "Installing with pip instead."; \
		$(PY) -m pip install --quiet --require-hashes -r $(1); \
	fi
endef

.venv/run-%:
	@$(FIND_PYTHON); echo "Making .venv with $$($$found --version)."; $$found -m venv --clear .venv
	@$(call INSTALL,requirements-local.lock)
	@touch $@

.venv/test-%: | $(RUN_READY)
	@echo "Adding the test tools to .venv."
	@$(call INSTALL,requirements-test.lock)
	@touch $@

# --- what people type ---------------------------------------------------------------------------------------------
run: $(RUN_READY)
	@$(DEVSERVICES) run --stop-with-parent

test: $(TEST_READY) lint
	@$(DEVSERVICES) test --stop-with-parent -- $(PY) -m pytest -n 2 --dist worksteal $(ARGS)

# Every linter speaks before the verdict, so one run shows all there is to mend. They work side by side, the longest
# first; what each says stays together where make can do that.
LINTERS := lint-types lint-tables lint-markup lint-layout lint-imports lint-code lint-format
TOGETHER := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
lint: $(TEST_READY)
	@$(MAKE) --no-print-directory --keep-going --jobs=3 $(TOGETHER) $(LINTERS) \
		|| { echo "Not clean; the reasons are above. ('make format' mends the layout.)"; exit 1; }

check = @echo "-- $(1)"; env $(LINT_ENV) .venv/bin/$(1)
.PHONY: $(LINTERS)
lint-types:
	$(call check,mypy)
lint-tables:
	$(call check,python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run)
lint-markup:
	$(call check,djlint --lint --quiet templates)
lint-layout:
	$(call check,djhtml --tabwidth 2 --check templates)
lint-imports:
	$(call check,lint-imports --no-logo)
lint-code:
	$(call check,ruff check --quiet .)
lint-format:
	$(call check,ruff format --check --quiet .)

format: $(TEST_READY)
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format .
	@.venv/bin/djhtml --tabwidth 2 templates || true

faults: $(TEST_READY)
	@$(DEVSERVICES) test --stop-with-parent -- $(PY) -m pytest -m faults $(ARGS)

bench: $(TEST_READY)
	@$(DEVSERVICES) test --stop-with-parent -- $(PY) manage.py bench $(ARGS)

bench-matching: $(TEST_READY)
	@$(DEVSERVICES) test --stop-with-parent -- $(PY) manage.py bench_matching $(ARGS)

screenshots: $(TEST_READY)
	@$(DEVSERVICES) test --stop-with-parent -- $(PY) docs/screenshots/make.py $(ARGS)

# Locks name versions and hashes, never an address to fetch from.
LOCK := .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links $(UPGRADE)
lock:
	@test -x .venv/bin/uv || { $(FIND_PYTHON); $$found -m venv .venv && $(PY) -m pip install --quiet uv; }
	@$(LOCK) -o requirements.lock
	@$(LOCK) --group local -c requirements.lock -o requirements-local.lock
	@$(LOCK) --group local --group test -c requirements-local.lock -o requirements-test.lock
