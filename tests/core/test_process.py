"""Clearing up after a killed ``up``: a process may end by itself between being looked up and being ended."""

import subprocess

import psutil
import pytest

from core.embedded.process import end_process


@pytest.fixture
def ended():
    """A process that was looked up while it lived and has gone since."""
    child = subprocess.Popen(["sleep", "600"])
    seen = psutil.Process(child.pid)
    child.kill()
    child.wait()
    return seen


@pytest.mark.parametrize("blow", ["terminate", "kill"])
def test_a_process_that_went_by_itself_is_as_good_as_ended(ended, blow):
    end_process(getattr(ended, blow))


@pytest.mark.parametrize("blow", ["terminate", "kill"])
def test_twin_unguarded_a_process_that_went_by_itself_stops_the_next_up(ended, blow):
    with pytest.raises(psutil.NoSuchProcess):
        getattr(ended, blow)()


def test_a_living_process_is_ended():
    with subprocess.Popen(["sleep", "600"]) as child:
        end_process(psutil.Process(child.pid).terminate)
        assert child.wait(10) < 0
