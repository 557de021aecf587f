"""A management library made by the system's compiler and loaded by the real binding."""

import shutil
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "fakes" / "nvml" / "nvml.c"


@pytest.fixture(scope="session")
def library_folder(tmp_path_factory):
    """Folder with libnvidia-ml.so.1; skips where there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler on this machine: the fake NVML cannot be built")
    folder = tmp_path_factory.mktemp("nvml")
    library = folder / "libnvidia-ml.so.1"
    flags = ["-shared", "-fPIC", "-Wall", "-Werror", "-Wl,-soname,libnvidia-ml.so.1"]
    subprocess.run([compiler, *flags, "-o", str(library), str(SOURCE)], check=True)
    return folder


@pytest.fixture
def nvml(monkeypatch, library_folder):
    """Sets up what the fake library says: cards as (name, MiB, reserved MiB, NVLinks), or how it fails to start."""

    def say(*cards, init=""):
        monkeypatch.setenv("LD_LIBRARY_PATH", str(library_folder))
        monkeypatch.setenv("FAKE_NVML", ";".join("|".join(str(fact) for fact in card) for card in cards))
        if init:
            monkeypatch.setenv("FAKE_NVML_INIT", init)

    return say
