"""Builds or installs what a run needs: the two binaries, the wheel, the targets and PostgreSQL.

What already exists is used as it is.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import postgres

ROOT = Path(__file__).resolve().parents[2]
MATURIN = "maturin==1.16.0"

# Packages whose program has another name.
PROGRAMS = {
    "apache-airflow": "airflow",
    "matplotlib": "fonttools",  # has no program, but brings this one
    "meltanolabs-target-csv": "target-csv",
    "meltanolabs-target-postgres": "target-postgres",
    "pipelinewise-target-postgres": "target-postgres",
    "singer-tools": "singer-check-tap",
}


def binaries(tap, fake):
    """The binaries of the tap and the fake API. Those that are not given are built."""
    if tap and fake:
        return _existing(tap), _existing(fake)
    subprocess.run(["cargo", "build", "--release", "--bins", "--workspace"], cwd=ROOT, check=True)
    built = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release"
    return _existing(tap or built / "tap-tiktok-ads"), _existing(fake or built / "fake-tiktok")


def wheel():
    """Builds the tap as a wheel. Returns the wheel, and the binary that is in it."""
    folder = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
    out = folder / "wheels"
    shutil.rmtree(out, ignore_errors=True)
    command = [package(MATURIN), "build", "--release", "--out", out]
    subprocess.run(command, cwd=ROOT, check=True)
    (file,) = out.glob("*.whl")
    return file, _existing(folder / "release" / "tap-tiktok-ads")


def _existing(path):
    path = Path(path).resolve()
    if not os.access(path, os.X_OK):
        sys.exit(f"{path} is not an executable file")
    return str(path)


def target(kind):
    """The program of a target; None if it needs a version of Python that this machine lacks."""
    return package(kind.package, kind.python, kind.pins)


def package(spec, python=None, pins=(), requirements=None):
    """The program of a package, which is installed in a virtual environment of its own.

    `requirements` is a file with the versions of what the package needs.
    """
    name = spec.split("==")[0]
    folder = _home() / "-".join([spec, *pins]).replace("==", "-")
    program = folder / "bin" / PROGRAMS.get(name, name)
    if not program.exists():
        interpreter = _python(python) if python else sys.executable
        if not interpreter:
            return None
        listed = [f"--requirement={requirements}"] if requirements else []
        _install(interpreter, folder, [spec, *pins, *listed])
    return str(program)


def python_with(spec):
    """A Python that has a package, in a virtual environment of its own."""
    name = spec.split("==")[0]
    folder = _home() / spec.replace("==", "-")
    python = folder / "bin" / "python"
    if not python.exists() or subprocess.run([python, "-c", f"import {name}"]).returncode:
        _install(sys.executable, folder, [spec])
    return str(python)


def _home():
    return Path(os.environ.get("TARGETS_HOME") or ROOT / "target" / "targets").resolve()


def _install(interpreter, folder, packages):
    print(f"installing {packages[0]}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([interpreter, "-m", "venv", folder], check=True)
    subprocess.run([folder / "bin" / "pip", "install", "--quiet", *packages], check=True)


def _python(version):
    """An interpreter of that version, on the path or among those of pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = sorted(pyenv.glob(f"{version}.*/bin/python"))
    return shutil.which(f"python{version}") if not found else found[-1]


def server():
    """Installs PostgreSQL if it is missing."""
    if postgres.programs():
        return
    print("installing postgresql", flush=True)
    # With runlevel 1, the package does not start a server of its own.
    prefix = ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1"]
    if os.geteuid() != 0:
        if not shutil.which("sudo"):
            sys.exit("postgresql is not installed, and only root can install it")
        prefix.insert(0, "sudo")
    install = [
        *prefix,
        "apt-get",
        "install",
        "--yes",
        "--quiet",
        "--no-install-recommends",
        "postgresql",
    ]
    if subprocess.run(install).returncode:
        subprocess.run([*prefix, "apt-get", "update", "--quiet"], check=True)
        subprocess.run(install, check=True)
