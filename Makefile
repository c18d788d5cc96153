# Drydock's commands. `make eval` and `make test` install everything themselves.
PYTHON ?= python3
SETUP := $(PYTHON) -m setup
RUN := .venv/bin
UV := .tools/boot/bin/uv
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: help setup eval test calibration lint format doctor lock clean
.PHONY: trend promptfoo compare persona-ab nightly nightly-models nightly-frozen nightly-report nightly-issues nightly-proposal frozen baseline

help:
	@echo 'make setup    bring everything that is missing or has changed, into .venv and .tools'
	@echo 'make eval     run a model on the corpus and grade its answers; without MODEL both recordings, compared'
	@echo '              MODEL=openai/gpt-4o API_BASE=http://127.0.0.1:8000/v1 PERSONA=card.md SEED=1 EPOCHS=3'
	@echo '              ARGS="--max-cost 5" (any option of `drydock eval`)'
	@echo 'make test     run the tests; ARGS=tests/graders picks some'
	@echo 'make calibration  measure every rule on its calibration set and write docs/calibration.md; ARGS=GHA-17 picks'
	@echo 'make lint     check format, lint and types'
	@echo 'make format   apply the format and the repairs of the linter'
	@echo 'make doctor   say which tools are here, and what to do about a missing one'
	@echo 'make lock     compile the locks again, to newer releases with ARGS=--upgrade'
	@echo 'make compare MODELS="a b c"   evaluate what is missing, then compare; without MODELS the recordings and two mixes of them'
	@echo '              EPOCHS=3 SEED=1 ARGS="--max-cost 5"'
	@echo 'make persona-ab PERSONA_A=old.md PERSONA_B=new.md MODEL=…   what a card is worth (`none` for no card)'
	@echo 'make trend DIR=runs   scores over nights, and what else changed; ARGS="--out FOLDER" writes the chart'
	@echo 'make promptfoo  bring promptfoo (2.5 GB) and check that it finds the scores of make eval'
	@echo 'make nightly MODEL=…  a night of one model of nightly/models.json; docs/nightly.md has the steps around it'
	@echo 'make frozen   write nightly/frozen.json: the verdicts on the frozen recordings, to be held against every night'
	@echo 'make baseline RUN=…   copy a run into nightly/baseline, for a reviewed pull request'
	@echo 'make clean    remove .venv, .tools and caches (runs stay)'

setup:
	@$(SETUP)

# Status 5 says that a tool is missing. The run then stops by itself before its first call, unless ARGS="--without
# TOOL" takes that tool's rules out.
eval:
	@$(SETUP) || test $$? -eq 5
	@$(RUN)/drydock eval $(if $(MODEL),--model '$(MODEL)') $(if $(API_BASE),--api-base '$(API_BASE)') \
	  $(if $(PERSONA),--persona '$(PERSONA)') $(if $(SEED),--seed '$(SEED)') $(if $(EPOCHS),--epochs '$(EPOCHS)') $(ARGS)

test: setup
	@$(PYTHON) -m setup.browser || test $$? -eq 5
	$(RUN)/python -m pytest $(ARGS)

calibration: setup
	$(RUN)/python -m graders.calibration $(if $(ARGS),$(ARGS),--write)

lint: setup
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/pyright

format: setup
	$(RUN)/ruff format .
	$(RUN)/ruff check --fix .

doctor: setup
	@$(RUN)/drydock doctor

lock: setup
	$(LOCK) $(ARGS) requirements.in -o requirements.lock
	$(LOCK) $(ARGS) checkov.in -o checkov.lock
	$(LOCK) $(ARGS) setup/uv.in -o setup/uv.lock
	$(LOCK) $(ARGS) integrations/promptfoo/requirements.in -o integrations/promptfoo/requirements.lock

clean:
	rm -rf .venv .tools .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Evaluating again asks only for what is missing, so a comparison can be given again and again.
MODELS ?= replay/reference replay/mixed-75 replay/mixed-50 replay/careless
MODEL_AB = $(or $(MODEL),replay/mixed-75)
EVAL_OPTIONS = $(if $(API_BASE),--api-base '$(API_BASE)') $(if $(SEED),--seed '$(SEED)') $(if $(EPOCHS),--epochs '$(EPOCHS)') $(ARGS)

compare: setup
	@$(RUN)/python -m harness.cli.evaluated $(foreach model,$(MODELS),--model '$(model)') $(if $(PERSONA),--persona '$(PERSONA)') \
	  -- $(EVAL_OPTIONS)

persona-ab: setup
	@test -n "$(PERSONA_A)" && test -n "$(PERSONA_B)" || { echo 'give PERSONA_A=card.md (or none) and PERSONA_B=card.md'; exit 2; }
	@$(RUN)/python -m harness.cli.evaluated --model '$(MODEL_AB)' --persona '$(PERSONA_A)' --persona '$(PERSONA_B)' -- $(EVAL_OPTIONS)

trend: setup
	@$(RUN)/drydock trend '$(or $(DIR),runs)' $(ARGS)

# Opt-in: brings 2.5 GB of npm packages, and says so first. Never part of eval or test.
promptfoo: setup
	@$(PYTHON) -m setup.promptfoo
	@$(RUN)/python -m integrations.promptfoo.check $(ARGS)

# A night, step by step as .github/workflows/nightly.yml takes it; every step runs here as well (docs/nightly.md).
NIGHT ?= runs/nights/$(shell date -u +%F)
STEP := .venv/bin/python -m harness.night

nightly-models:
	@$(PYTHON) -m harness.night.models

nightly:
	@$(SETUP) || test $$? -eq 5
	@$(STEP) evaluate --model '$(MODEL)' --night '$(NIGHT)'

nightly-frozen: setup
	@$(STEP) frozen --night '$(NIGHT)'

nightly-report: setup
	@$(STEP) report --model '$(MODEL)' --night '$(NIGHT)' $(if $(BASELINE),--baseline '$(BASELINE)')

nightly-issues: setup
	@$(STEP) issues --night '$(NIGHT)'

nightly-proposal: setup
	@$(STEP) propose --night '$(NIGHT)'

frozen: nightly-frozen
	@$(STEP) keep-frozen --night '$(NIGHT)'

# RUN is a run here, and not the place of the programs as above: a command line overrides it for the whole file.
baseline:
	@$(SETUP)
	@$(STEP) baseline '$(RUN)'
