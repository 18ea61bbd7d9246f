"""The benchmark harness: one file a workload, each with a `run(say)` that returns what it measured."""
