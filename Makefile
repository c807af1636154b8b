# Das Verzeichnis auf einem frischen Rechner mit Python 3.11+, make und git: „make run“.
# Every step leaves a stamp in .venv/, so a second run finds nothing to do and serves at once.

PORT ?= 5000
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --quiet
SOURCES := directory tests docs/draw_architecture.py docs/draw_workflow.py

export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
# Many containers forbid Python to keep what it compiled, and to compile is a third of each start.
export PYTHONDONTWRITEBYTECODE :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
export PIP_NO_WARN_SCRIPT_LOCATION := 1

# The first Python that is new enough; asked only when there is no environment yet.
RECENT := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$python -c '$(RECENT)' 2>/dev/null && echo $$python && break; done)

# A registry may hiccup: each step that reaches one is tried twice.
twice = $(1) || { echo '  Das hat nicht geklappt. Zweiter Versuch …'; sleep 3; $(1); }

.PHONY: run dev test test-quick bench check format picture assets wheel lock
.DELETE_ON_ERROR:

## Start
run: $(VENV)/.installed $(VENV)/.assets
	@exec $(VENV)/bin/directory serve --init --port '$(PORT)'

# Static files are read at the start, under one digest; so a change to them is a reason to restart.
dev: $(VENV)/.installed-dev $(VENV)/.assets
	@$(VENV)/bin/directory init
	@exec $(VENV)/bin/flask --app directory run --debug --port '$(PORT)' \
	  --extra-files "$$(find static/css static/js static/img -type f | tr '\n' ':')"

## Tests and checks; a few of the tests only: make test ARGS='-k einreichen'
# One worker per core; one after another: make test SIDE_BY_SIDE=
SIDE_BY_SIDE ?= -n auto --dist loadgroup
test: $(VENV)/.installed-dev $(VENV)/.assets-dev
	@$(PY) -m tests.services
	@echo '→ pytest $(ARGS)'
	@$(PY) -m pytest $(SIDE_BY_SIDE) $(ARGS)

# All that one file has is slow, and what it imports alone takes seconds.
test-quick: $(VENV)/.installed-dev $(VENV)/.assets
	@$(PY) -m pytest $(SIDE_BY_SIDE) -m 'not browser and not slow' \
	  --ignore=tests/api/test_schemathesis.py $(ARGS)

# CPU per request on made-up catalogues: docs/speed.md. Larger: make bench SIZES="10000 100000"
SIZES ?= 10000
bench: $(VENV)/.installed-dev $(VENV)/.assets-dev
	@$(PY) -m tests.benchmarks.run $(SIZES)
	@$(PY) -m tests.benchmarks.answers
	@$(PY) -m tests.benchmarks.saving $(SIZES)
	@$(PY) -m tests.benchmarks.load

check: $(VENV)/.installed-dev
	@echo '→ ruff, mypy, import-linter'
	@$(VENV)/bin/ruff format --check --quiet $(SOURCES)
	@$(VENV)/bin/ruff check --quiet $(SOURCES)
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-logo

format: $(VENV)/.installed-dev
	@$(VENV)/bin/ruff check --quiet --fix $(SOURCES)
	@$(VENV)/bin/ruff format $(SOURCES)

## Documents: the pictures of layers and steps, from what they show
picture:
	@$(PY) docs/draw_architecture.py
	@$(PY) docs/draw_workflow.py

## Distribution
wheel: $(VENV)/.installed $(VENV)/.assets
	@$(PY) -c 'from directory.resources import resource_dir; from directory.web.assets import compress_changed; compress_changed(resource_dir("static"))'
	@$(PY) -m hatchling build --target wheel

assets:
	@rm -f $(VENV)/.assets
	@$(MAKE) --no-print-directory $(VENV)/.assets

# Keeps the pinned versions where it can; newer ones: make lock UPGRADE=--upgrade
COMPILE = $(VENV)/bin/uv --quiet pip compile $(UPGRADE) --universal --python-version 3.11 \
  --generate-hashes --no-header --no-annotate
lock: $(VENV)/.installed $(VENV)/.npm
	@echo '→ Sperrdateien schreiben'
	@$(call twice,$(PIP) install uv)
	@$(COMPILE) pyproject.toml --group build -o requirements.lock
	@$(COMPILE) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	@$(COMPILE) --group node -o requirements-node.lock
	@$(PIP) uninstall --yes uv
	@$(call twice,npm install --package-lock-only --loglevel=error)

## Steps of the set-up
$(VENV)/pyvenv.cfg:
	@test -n '$(PYTHON)' && $(PYTHON) -c '$(RECENT)' || { \
	  echo 'Dieses Verzeichnis braucht Python 3.11 oder neuer. Liegt es woanders: make run PYTHON=/pfad/zu/python3'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo 'Es fehlt das Modul venv. Unter Debian und Ubuntu: sudo apt install python3-venv'; exit 1; }
	@echo '→ Python-Umgebung .venv anlegen'
	@$(PYTHON) -m venv $(VENV) || { rm -f $@; exit 1; }

$(VENV)/.installed: $(VENV)/pyvenv.cfg requirements.lock pyproject.toml
	@echo '→ Python-Pakete installieren (requirements.lock)'
	@$(call twice,$(PIP) install --require-hashes -r requirements.lock)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	@echo '→ Werkzeuge für Tests installieren (requirements-dev.lock)'
	@$(call twice,$(PIP) install --require-hashes -r requirements-dev.lock)
	@touch $@

# npm only fetches locked packages. Where it is missing or too old, a package on PyPI brings it.
$(VENV)/.npm: $(VENV)/pyvenv.cfg requirements-node.lock
	@version=$$(npm --version 2>/dev/null) && test "$${version%%.*}" -ge 9 || { \
	  echo '→ npm fehlt oder ist älter als Version 9: aus requirements-node.lock installieren'; \
	  $(call twice,$(PIP) install --require-hashes -r requirements-node.lock); }
	@touch $@

$(VENV)/.assets: $(VENV)/.npm $(VENV)/.installed package-lock.json directory/web/vendor.py directory/web/woff.py \
  directory/web/kern.py directory/web/fonts.py static/css/tokens.css
	@echo '→ Gestaltung, Schrift und Karte holen (package-lock.json)'
	@$(call twice,npm ci --omit=dev --loglevel=error >/dev/null)
	@$(PY) -m directory.web.vendor
	@touch $@

$(VENV)/.assets-dev: $(VENV)/.assets
	@echo '→ Prüfwerkzeug für Barrierefreiheit und Vergleichskarte holen (package-lock.json)'
	@$(call twice,npm ci --loglevel=error >/dev/null)
	@touch $@
