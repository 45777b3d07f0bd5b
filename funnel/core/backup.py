"""Backup and restore: one archive with the database and the uploaded files. A restore bumps the epoch, so live cursors are reset."""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from funnel.core.clock import SystemClock
from funnel.core.embedded.binaries import find_binaries
from funnel.core.start_errors import StartError

FORMAT = 1
HEAD, DATABASE, UPLOADS = "funnel.json", "database.sql", "uploads"


class BackupError(StartError):
    """A backup or restore did not happen; the database is as it was."""


def back_up(dsn: str, uploads: Path, target: Path, *, binaries: Path | None = None) -> int:
    """Writes an archive (0600) and returns its size in bytes. One consistent snapshot of the database; the service may run.

    The archive holds personal data and no keys: the secret key is kept apart. Raises BackupError.
    """
    try:
        return _write_archive(dsn, uploads, target, binaries)
    except OSError as error:
        raise BackupError(f"{target} cannot be written ({error.strerror}).") from error


def _write_archive(dsn: str, uploads: Path, target: Path, binaries: Path | None) -> int:
    """Under another name until it is whole, so that a backup that broke off leaves none, and an older one stays."""
    draft = target.with_name(f"{target.name}.part")
    with tempfile.TemporaryDirectory(prefix="funnel-backup-") as folder:
        dump = Path(folder) / DATABASE
        _tool(binaries, "pg_dump", "--no-owner", "--no-privileges", "--file", str(dump), dsn)
        head = Path(folder) / HEAD
        head.write_text(json.dumps({"format": FORMAT, "made_at": SystemClock().now().isoformat()}))
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
                archive.add(head, HEAD)
                archive.add(dump, DATABASE)
                if uploads.is_dir():
                    archive.add(uploads, UPLOADS)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    return target.stat().st_size


def restore(dsn: str, uploads: Path, source: Path, epoch: int, *, binaries: Path | None = None) -> None:
    """Replaces the whole database by the archive's in one transaction, with an epoch above `epoch` and the dump's own.

    Files come back too; files that are newer than the archive stay. Run the migrations afterwards: the archive may come
    from an older release. Raises BackupError, and then nothing was changed in the database.
    """
    with tempfile.TemporaryDirectory(prefix="funnel-restore-") as folder:
        _unpack(source, Path(folder))
        script = Path(folder) / "restore.sql"
        with script.open("wb") as sql:
            sql.write(b"drop schema if exists public cascade;\ncreate schema public;\n")
            with (Path(folder) / DATABASE).open("rb") as dump:
                shutil.copyfileobj(dump, sql)
            sql.write(f"\nupdate public.deployment set epoch = greatest(epoch, {int(epoch)}) + 1;\n".encode())
        _tool(
            binaries, "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1",
            "--output", os.devnull, "--file", str(script), dsn,
        )  # fmt: skip
        saved = Path(folder) / UPLOADS
        if saved.is_dir():
            shutil.copytree(saved, uploads, dirs_exist_ok=True)


def _unpack(source: Path, folder: Path) -> None:
    """Takes out what belongs to a backup: plain files under their own names, nothing else."""
    try:
        with tarfile.open(source, mode="r:gz") as archive:
            for member in archive:
                parts = PurePosixPath(member.name).parts
                inside = parts[0] in (HEAD, DATABASE, UPLOADS) and ".." not in parts if parts else False
                if not member.isfile() or not inside:
                    continue
                target = folder.joinpath(*parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                content = archive.extractfile(member)
                if content is not None:
                    with target.open("wb") as file:
                        shutil.copyfileobj(content, file)
        head = json.loads((folder / HEAD).read_text())
    except (OSError, EOFError, tarfile.TarError, ValueError) as error:
        raise BackupError(
            f"{source} is not a backup made by `funnel backup` ({type(error).__name__})."
        ) from error
    if head.get("format") != FORMAT or not (folder / DATABASE).is_file():
        raise BackupError(f"{source} is a backup of another format than this release reads.")


def _tool(binaries: Path | None, name: str, *arguments: str) -> None:
    program = find_binaries(binaries) / name
    if not program.is_file():
        found = shutil.which(name)
        if found is None:
            raise BackupError(f"{name} was not found: set FUNNEL_DATABASE__BINARIES to a folder that has it.")
        program = Path(found)
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if done.returncode != 0:
        reason = next((line for line in done.stderr.splitlines() if "rror" in line), done.stderr[:300])
        raise BackupError(f"{name} failed: {reason.strip()}")
