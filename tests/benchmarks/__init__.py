"""How fast, how small: what the package promises, measured. `python -m tests.benchmarks` prints it."""
