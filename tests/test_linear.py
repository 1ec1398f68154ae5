"""Every function that reads others' texts takes linear time and raises nothing, whatever the text (`pathological.py`)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pathological import READERS

TOGETHER = 8  # functions in one process, as each has to import what it reads with


@pytest.mark.timeout(900)  # the clock of the processor is what counts, and the machine may be busy
@pytest.mark.parametrize(
    "names", [list(READERS)[start : start + TOGETHER] for start in range(0, len(READERS), TOGETHER)], ids=" ".join
)
def test_a_megabyte_of_any_text_is_read_in_a_moment(names: list[str]) -> None:
    command = [sys.executable, str(Path(__file__).with_name("pathological.py")), *names]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    lines = done.stdout.splitlines()
    told = [line for line in lines if not line.startswith("reading ")] or lines[-1:]  # the last one, where it was killed
    assert done.returncode == 0, "\n".join([*told, done.stderr[-2_000:]])
