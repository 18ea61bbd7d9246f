"""What both embedded servers need: a home to live in, an account to run as, a lock to start under."""

import fcntl
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil

from core.errors import DragomanError

SYSTEM_USER = "dragoman"


class EmbeddedError(DragomanError):
    """An embedded server cannot run; the text says what to do."""

    status = 503


class Account(NamedTuple):
    """Whom a server runs as, and what to put before its command line for that."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()


def make_home(home: Path) -> None:
    """`home`, its logs and its locks, or one line that says why not."""
    try:
        for folder in (home, home / "log", home / "locks"):
            folder.mkdir(parents=True, exist_ok=True)
            if not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError(13, f"it belongs to user {folder.stat().st_uid}", str(folder))
    except OSError as problem:
        raise EmbeddedError(
            f"Cannot write to {home} ({problem.strerror}): set DRAGOMAN_HOME to a folder that this user may write to."
        ) from problem


def account_for(data: Path, *programs: Path) -> Account:
    """This user; but for root, whom PostgreSQL refuses, the owner of `data` or a system user of our own."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    owner = data.stat() if data.exists() else None
    if owner and owner.st_uid != 0:
        uid, gid = owner.st_uid, owner.st_gid
    else:
        user = _system_user()
        uid, gid = user.pw_uid, user.pw_gid
    prefix = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--no-new-privs"]
    if _closed(data, *programs):
        # A checkout under /root cannot be entered by others. Rather than open that folder to every user of the
        # machine, let this one process in. (Without the secure bit, access(2) would still say no, which initdb asks.)
        prefix += ["--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return Account(uid, gid, tuple(prefix))


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    create = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    if not shutil.which("useradd") or not shutil.which("setpriv"):
        raise EmbeddedError("PostgreSQL refuses to run as root, and useradd or setpriv is missing: use another user.")
    done = subprocess.run(create, capture_output=True, text=True)
    if done.returncode not in (0, 9):  # 9: another process has just created it
        raise EmbeddedError(f"Cannot create the system user {SYSTEM_USER} for PostgreSQL: {done.stderr.strip()}")
    return pwd.getpwnam(SYSTEM_USER)


def _closed(*paths: Path) -> bool:
    """Whether a folder on the way to one of these paths is shut to other users."""
    parents = {parent for path in paths for parent in path.resolve().parents}
    return any(parent.exists() and not parent.stat().st_mode & 0o001 for parent in parents)


def own_folder(folder: Path, account: Account) -> None:
    """Make `folder` if need be, the account's own and nobody else's; refuse one that somebody else put there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in (account.uid, os.geteuid()):
        raise EmbeddedError(f"{folder} belongs to user {found.st_uid}: remove it, or set DRAGOMAN_HOME elsewhere.")
    if found.st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)


def own_log(home: Path, name: str, account: Account) -> Path:
    """The log file ``home/log/NAME.log``, which only the account and root may read."""
    log = home / "log" / f"{name}.log"
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.geteuid() == 0:
            os.fchown(descriptor, account.uid, account.gid)
    finally:
        os.close(descriptor)
    return log


@contextmanager
def locked(home: Path, name: str, *, shared: bool = False, wait: bool = True) -> Iterator[bool]:
    """Hold ``home/locks/NAME`` while inside; False when somebody else does and `wait` is off. A kill lets go of it."""
    with open(home / "locks" / name, "a") as file:
        how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(file, how if wait else how | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def end_process(blow: Callable[[], None]) -> None:
    """Deal the blow, or find that the process has ended by itself since it was looked up: either way it is gone."""
    with suppress(psutil.NoSuchProcess):
        blow()


def has_ended(process: psutil.Process, seconds: float) -> bool:
    """Wait for a process of any parent; one that only waits for its parent to take notice has ended too."""
    deadline = time.monotonic() + seconds
    try:
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
    except psutil.NoSuchProcess:
        pass
    return True


def last_lines(log: Path, count: int = 15) -> list[str]:
    """The last non-empty lines of a log file, read from its end."""
    try:
        with open(log, "rb") as file:
            file.seek(max(0, log.stat().st_size - 16_384))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if line.strip()][-count:]
