# Two commands do everything on a fresh Debian 12: `make demo` and `make test`. The rest is for daily work.
SHELL := /bin/bash
PY := .venv/bin/python
unexport PYTHONDONTWRITEBYTECODE# which would have each of a thousand processes compile its modules anew
.PHONY: demo test check suite bench fuzz torture soak set-up lock docs references screenshots phrases voices clean

demo: set-up ## a day at the gate on real parts; STAY=1 leaves it running
	@$(PY) -m hardware.simulators.scenario $(if $(STAY),--stay)

test: set-up ## lint, types, import contracts, and every test beside them
	@$(MAKE) --no-print-directory --jobs=2 check suite

suite: set-up ## every test but those for `make torture`; the order is tests/conftest.py's
	$(PY) -m pytest --numprocesses 4 -m "not torture"

check: set-up ## ruff, mypy --strict, import-linter
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: set-up ## every figure as a ratio in one run; writes build/bench.json
	@$(PY) -m tests.bench

fuzz: set-up ## ten minutes of hostile bytes for every parser
	@$(PY) -m tests.fuzz 600

torture: set-up ## the proofs that take long, within the hour: kills, power cuts, planted faults, cards, the list; writes build/torture.html
	$(PY) -m pytest tests/torture --durations=0
	$(PY) -m pytest -m torture

soak: set-up ## ten thousand visits on the screens in compressed time: memory stays flat
	$(PY) -m pytest tests/torture/test_screens_for_long.py --numprocesses 0 --timeout 3600

set-up:
	@hardware/wiring/set-up.sh

lock: ## resolve requirements*.in anew (needs `uv`)
	for name in requirements requirements-dev; do \
	  uv pip compile $$name.in --override overrides.txt --generate-hashes --no-emit-index-url \
	    --python-version 3.11 --no-annotate --no-header --quiet -o $$name.lock; done

clean: ## forget everything that was built
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis

references: set-up ## keep new pictures of every screen to compare with; look at them before you commit them
	KEEP_REFERENCES=1 $(PY) -m pytest -q -n 0 tests/ui/screens/test_every_screen.py -k judged

screenshots: set-up ## every screen in build/screens with the README's moving picture, every page of the console in build/pictures/console
	QT_QPA_PLATFORM=offscreen PYTHONPATH=. $(PY) tests/ui/screens/screenshots.py
	$(PY) -m tests.ui.console.pictures

docs: ## write what docs/ has from the code: diagrams, retention, roles
	$(PY) -m kiosk.visit.diagram docs/ARCHITECTURE.md
	$(PY) -m sync.station.alarm_diagram docs/dispatcher.md
	$(PY) -m sync.station.retention docs/retention.md
	$(PY) -m sync.station.roles_page docs/roles.md
	$(PY) -m sync.station.settings docs/admin.md
	$(PY) -m sync.station.app docs/openapi.json

phrases: ## carry what ui/i18n/en.ts says into the other languages; lists what a translator has to do
	@$(PY) -m ui.linguist

voices: ## speak what has changed in the catalogues: ui/sounds (needs espeak-ng, lame, mecab)
	@$(PY) -m ui.sounds.make
