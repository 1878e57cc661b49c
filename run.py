#!/usr/bin/env python3
"""Sets up what is missing, then runs: python3 run.py setup | demo | test | check | docs | bench | evidence | any command of kundenwert.

Needs Python 3.11 with venv and nothing else. The first start makes `.venv` and installs `requirements.lock` (every file checked
against its hash) with uv if it is there, else with pip. Later starts compare one stamp and go straight on; they use no network.

This file keeps to the syntax of early Python 3, so that an old Python can read it and say that it is too old.
"""

import errno
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "kundenwert-stamp"  # written last: the environment is whole and belongs to these files
STARTED = ROOT / ".venv.started"  # there while a set-up is under way, or after one was killed
WINDOWS = os.name == "nt"
PROGRAMS = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = PROGRAMS / ("python.exe" if WINDOWS else "python")

CHECKS = (
    ("format", ("ruff", "format", "--check", ".")),
    ("lint", ("ruff", "check", ".")),
    ("types", ("mypy", "--strict", "src")),
    ("contracts", ("lint-imports",)),
)

# Words in the output of uv and pip that tell one cause of a failed installation from another.
UNREACHABLE = ("connect", "timed out", "resolve host", "name resolution", "network", "no matching distribution", "failed to fetch", "dns")
CHANGED = ("do not match the hashes", "hash mismatch")


USAGE = """\
python3 run.py WORD [...]; what is missing is set up first

  setup   make .venv with the command kundenwert in it
  demo    value the sales lines of a real wholesaler, with report
  serve   the web app on this machine, with the projects in this folder
  test    run the tests; further words go to pytest
  check   format, lint, types and import contracts
  docs    build the pages into site/
  bench   run the measurements
  evidence  judge the automatic choice of forecasts on logs whose future is known

Any other word goes to kundenwert, for example: python3 run.py value orders.csv --out values.csv
To check data, where check is taken: .venv/bin/kundenwert check orders.csv
"""


class Trouble(Exception):
    """Something a person must mend: what came, what was expected, what to do."""

    def __init__(self, came: str, expected: str, remedy: str):
        super().__init__("{}\nExpected: {}\nTo do: {}".format(came, expected, remedy))


def main(words: list) -> int:
    """Set up if needed, then run what was asked for; the answer is the exit code."""
    if not words or words[0] in ("help", "-h", "--help"):
        print(USAGE, end="")
        return 0
    try:
        check_python()
        set_up()
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The next start begins the set-up anew.", file=sys.stderr)
        return 130
    word, rest = words[0], words[1:]
    own = {"setup": report_setup, "test": test, "check": check, "docs": docs, "bench": bench, "evidence": evidence}
    return own.get(word, lambda rest: kundenwert([word, *rest]))(rest)


# --- what can be run -------------------------------------------------------------------------------------------------


def report_setup(rest: list) -> int:
    """Say where the command is."""
    print("Ready. The command is {}".format((PROGRAMS / "kundenwert").relative_to(ROOT)))
    return 0


def test(rest: list) -> int:
    """Run the tests; further words go to pytest."""
    # A worker a core; words of one's own, such as a single file, run in one process as pytest does by itself.
    workers = [] if rest else ["-n", "auto", "--dist", "loadfile"]
    return hand_over([str(PYTHON), "-m", "pytest", *workers, *rest], folder=ROOT)


def check(rest: list) -> int:
    """Run all checks, also after one has failed, and say which failed."""
    failed = [name for name, command in CHECKS if not passes(name, command)]
    print("\nFailed: " + ", ".join(failed) if failed else "\nAll {} checks passed.".format(len(CHECKS)))
    return 1 if failed else 0


def passes(name: str, command: tuple) -> bool:
    """Run one check and show its output."""
    print("\n== {}: {}".format(name, " ".join(command)), flush=True)
    return subprocess.call([program(command[0]), *command[1:]], cwd=str(ROOT)) == 0


def docs(rest: list) -> int:
    """Renew the reference from the code, run the notebooks, then build the pages into site/."""
    for script in ("reference.py", "notebooks.py"):
        failed = subprocess.call([str(PYTHON), str(ROOT / "scripts" / script)], cwd=str(ROOT))
        if failed:
            return failed
    say("Building site/index.html")
    environment = dict(os.environ, NO_MKDOCS_2_WARNING="1")
    return hand_over([str(PYTHON), "-m", "mkdocs", "build", "--strict", "--quiet", *rest], folder=ROOT, environment=environment)


def bench(rest: list) -> int:
    """Run the measurements; further words go to them."""
    return hand_over([str(PYTHON), "-m", "bench", *rest], folder=ROOT)


def evidence(rest: list) -> int:
    """Judge the automatic choice on logs whose future is known; writes docs/evidence.md."""
    return hand_over([str(PYTHON), "-m", "bench.evidence", *rest], folder=ROOT)


def kundenwert(words: list) -> int:
    """Run the command line of the product in the folder the user is in."""
    return hand_over([program("kundenwert"), *words])


def program(name: str) -> str:
    """The path of a program of the environment."""
    return str(PROGRAMS / (name + ".exe" if WINDOWS else name))


def hand_over(command: list, folder: "Path | None" = None, environment: "dict | None" = None) -> int:
    """Become the command; on Windows, where that is not possible, run it and pass on its exit code."""
    if folder is not None:
        os.chdir(str(folder))
    environment = dict(os.environ) if environment is None else environment
    sys.stdout.flush()
    if WINDOWS:
        return subprocess.call(command, env=environment)
    os.execve(command[0], command, environment)
    return 1  # not reached: execve does not come back


# --- set-up ----------------------------------------------------------------------------------------------------------


def check_python() -> None:
    """Refuse a Python that is too old."""
    if sys.version_info < OLDEST:
        raise Trouble(
            "This is Python {}.{} ({}).".format(sys.version_info[0], sys.version_info[1], sys.executable),
            "Python {}.{} or newer.".format(*OLDEST),
            "Install a newer Python and start run.py with it, for example: python3.12 run.py demo",
        )


def set_up() -> None:
    """Make the environment whole. A good one is recognised by its stamp and left alone."""
    wanted = fingerprint()
    if stamp() == wanted:
        return
    with only_one():
        if stamp() != wanted:  # else another start has made it while this one waited
            install(wanted)


def fingerprint() -> str:
    """What the environment depends on: the locked packages, our own metadata, this Python, the place of the folder."""
    digest = hashlib.sha256()
    for part in ("requirements.lock", "pyproject.toml"):
        digest.update((ROOT / part).read_bytes())
    digest.update(repr((sys.version_info[:2], sys.platform, str(ROOT))).encode())
    return digest.hexdigest()


def stamp() -> str:
    """The fingerprint of the environment that is there; empty if it is missing, half made or unusable."""
    return "" if STARTED.exists() or not PYTHON.exists() else read_stamp()[0]


def read_stamp() -> tuple:
    """The fingerprint and the folder that the stamp names; empty texts without a stamp."""
    try:
        fingerprint, folder = STAMP.read_text(encoding="utf-8").splitlines()
        return fingerprint, folder
    except (OSError, ValueError):
        return "", ""


@contextmanager
def only_one():
    """Let only one set-up work at a time in this folder; a second one waits. The lock ends with its process."""
    with (ROOT / ".venv.lock").open("w") as file:
        if WINDOWS:
            wait_on_windows(file)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def wait_on_windows(file) -> None:
    """Lock the file's first byte; the system gives up after ten seconds, so ask again."""
    import msvcrt

    while True:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            return
        except OSError as error:
            if error.errno != errno.EDEADLK:
                raise


def install(wanted: str) -> None:
    """Install everything; the stamp is written last."""
    say("Setting up .venv (once; later starts skip this) ...")
    make_environment()
    if STAMP.exists():
        STAMP.unlink()
    uv = shutil.which("uv")
    if not (uv and install_with_uv(uv)):
        install_with_pip()
    STAMP.write_text(wanted + "\n" + str(ROOT), encoding="utf-8")
    STARTED.unlink()


def make_environment() -> None:
    """Make .venv, unless a whole one of this Python is there already. Its programs know their folder, so it must not have moved."""
    whole = PYTHON.exists() and not STARTED.exists() and version_of_environment() == sys.version_info[:2]
    whole = whole and read_stamp()[1] in ("", str(ROOT))
    STARTED.touch()
    if whole:
        return
    if VENV.exists():
        say("  removing a .venv that is half made, moved, or of another Python")
        shutil.rmtree(str(VENV))
    uv = shutil.which("uv")
    if uv and subprocess.call([uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(VENV)]) == 0:
        return
    make_with_venv()


def version_of_environment() -> tuple:
    """The version of the Python in .venv; empty if it does not start."""
    found = run([str(PYTHON), "-c", "import sys; print(*sys.version_info[:2])"])
    return tuple(int(part) for part in found.stdout.split()) if found.returncode == 0 else ()


def make_with_venv() -> None:
    """Make .venv with the standard library, which some systems deliver in parts."""
    made = run([sys.executable, "-m", "venv", str(VENV)])
    if made.returncode == 0:
        return
    shutil.rmtree(str(VENV), ignore_errors=True)
    raise Trouble(
        "{} could not make a virtual environment:\n{}".format(sys.executable, (made.stdout + made.stderr).strip()),
        "a Python with the modules venv and ensurepip.",
        "On Debian and Ubuntu: apt-get install python3-venv. Elsewhere: install the full Python, or uv. Then start again.",
    )


def install_with_uv(uv: str) -> bool:
    """Install with uv; False if it could not, so that pip gets its turn."""
    say("  installing the locked packages with uv")
    target = ["--quiet", "--python", str(PYTHON)]
    steps = (
        [uv, "pip", "sync", *target, "--require-hashes", "--no-build", str(ROOT / "requirements.lock")],
        [uv, "pip", "install", *target, "--no-deps", "--no-build-isolation", "--offline", "--editable", str(ROOT)],
    )
    for step in steps:
        done = run(step)
        if done.returncode != 0:
            say("  uv could not do it, trying pip; uv said:\n" + last_lines(done))
            return False
    return True


def install_with_pip() -> None:
    """Install with the pip of the environment, which is put there if uv has left it out."""
    if run([str(PYTHON), "-m", "pip", "--version"]).returncode != 0 and run([str(PYTHON), "-m", "ensurepip"]).returncode != 0:
        shutil.rmtree(str(VENV), ignore_errors=True)
        make_with_venv()
    say("  installing the locked packages with pip (some minutes)")
    pip = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", "install", "--no-deps"]
    explain(run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / "requirements.lock")]))
    explain(run([*pip, "--no-index", "--no-build-isolation", "--editable", str(ROOT)]))


def explain(done: subprocess.CompletedProcess) -> None:
    """Turn a failed installation into words."""
    if done.returncode == 0:
        return
    output = (done.stdout + done.stderr).lower()
    came = "The packages could not be installed:\n" + last_lines(done)
    if any(word in output for word in CHANGED):
        raise Trouble(
            came,
            "packages whose contents have the hashes in requirements.lock.",
            "A package was altered on its way, or its place delivers another one. Ask who runs your package registry; do not go on.",
        )
    if any(word in output for word in UNREACHABLE):
        raise Trouble(
            came,
            "a reachable package registry; the first start needs it once.",
            "Check the connection and the settings of pip (python3 -m pip config list), then start again.",
        )
    raise Trouble(came, "an installation without errors.", "Mend what the lines above name, then start again. Deleting .venv is safe.")


def last_lines(done: subprocess.CompletedProcess) -> str:
    """The end of a step's output: enough to see the cause."""
    return "\n".join("    " + line for line in (done.stdout + done.stderr).strip().splitlines()[-12:])


def run(command: list) -> subprocess.CompletedProcess:
    """Run a step without showing its output; the caller reads it when it has failed."""
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, errors="replace", cwd=str(ROOT))


def say(line: str) -> None:
    """Tell the user what is going on, apart from the output of commands."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
