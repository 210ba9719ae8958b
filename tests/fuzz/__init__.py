"""Coverage-guided fuzzing of everything that takes hostile bytes from a card or a worker: ``python -m tests.fuzz``."""
