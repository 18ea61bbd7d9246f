"""MACHINES: imports, drafts, checks, releases and evaluations, all as Runs. Reads annotation; annotation never knows."""
