"""Fetches the parts of Trino that the local cloud runs and unpacks them into the folder given as the only argument.

Prints one JSON object a line: {"name", "phase": "download" | "unpack", "done", "total"} with byte counts, and at the
end {"unpacked": bytes} or {"error": text, "kind": "network" | "disk" | "content"}.
"""

import contextlib
import errno
import hashlib
import json
import os
import shutil
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

import requests
from jgo.maven import MavenContext, PythonResolver

VERSION = "476"
ATTEMPTS = 3

# (artifact, packaging, SHA-256, folder inside the archive that is kept, where it goes)
ARTIFACTS = [
    (
        "trino-server-core",
        "tar.gz",
        "0f388f9967c177ae70a47c099082fc95387f0c3cb96d8000d1d41fc3a5223158",
        f"trino-server-core-{VERSION}/lib/",
        "lib",
    ),
    (
        "trino-iceberg",
        "zip",
        "99edba5b491ed94d599aeb61e0794272d3569d8b563f3bb8569e8a49daa87b6c",
        f"trino-iceberg-{VERSION}/",
        "plugin/iceberg",
    ),
    (
        "trino-hive",
        "zip",
        "611bacdb07d9f3cf7b9d47f97ecc76fa2e7ff8bfe8a9728c3d06adc1bfb8662e",
        f"trino-hive-{VERSION}/",
        "plugin/hive",
    ),
]


class UnexpectedContent(Exception):
    """An archive is not the one that was pinned, or holds something it should not."""


def say(**what) -> None:
    print(json.dumps(what), flush=True)


class Meter:
    """Reports progress at most five times a second."""

    def __init__(self, name: str, phase: str, total: int):
        self.name, self.phase, self.total, self.done, self.said = name, phase, total, 0, 0.0

    def add(self, count: int) -> None:
        self.done += count
        if time.monotonic() - self.said > 0.2 or self.done >= self.total:
            self.said = time.monotonic()
            say(name=self.name, phase=self.phase, done=self.done, total=self.total)


@contextlib.contextmanager
def report_download(name: str, total: int):
    yield Meter(name, "download", total).add


def sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else slow_sha256(file)


def slow_sha256(file) -> str:
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def download(artifact: str, packaging: str, pinned: str, repository: Path) -> Path:
    """Fetches one archive through a Maven client; a broken download is tried again from its start."""
    resolver = PythonResolver(progress_callback=report_download)
    context = MavenContext(resolver=resolver, repo_cache=repository, timeout=60)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            path = context.project("io.trino", artifact).at_version(VERSION).artifact(packaging=packaging).resolve()
            if path is None:
                raise RuntimeError(f"{artifact} {VERSION} was not found in the Maven repository")
            if sha256(path) != pinned:
                raise UnexpectedContent(f"{path.name} is not the file that was pinned (its SHA-256 differs)")
            return path
        except (requests.RequestException, UnexpectedContent, RuntimeError):
            shutil.rmtree(repository, ignore_errors=True)
            if attempt == ATTEMPTS:
                raise
            time.sleep(attempt)
    raise AssertionError("unreachable")


def members(archive: Path):
    """Yields (name, size, open) of each regular file of a zip or tar.gz archive."""
    if archive.name.endswith(".zip"):
        with zipfile.ZipFile(archive) as opened:
            for entry in opened.infolist():
                if not entry.is_dir():
                    yield entry.filename, entry.file_size, lambda entry=entry: opened.open(entry)
    else:
        with tarfile.open(archive) as opened:
            for entry in opened:
                if entry.isfile() and not entry.islnk():
                    yield entry.name, entry.size, lambda entry=entry: opened.extractfile(entry)


def unpack(archive: Path, inside: str, folder: Path, seen: dict[str, Path]) -> int:
    """Unpacks the files of one folder of the archive; a file that another plugin brought already becomes a link."""
    folder.mkdir(parents=True)
    meter = Meter(archive.name, "unpack", archive.stat().st_size * 11 // 10)
    written = 0
    for name, size, open_member in members(archive):
        if not name.startswith(inside):
            continue
        relative = name[len(inside) :]
        if relative != os.path.basename(relative) or relative in ("", ".", ".."):
            raise UnexpectedContent(f"{archive.name} holds an unexpected path: {name}")
        target = folder / relative
        digest = hashlib.sha256()
        with open_member() as source, open(target, "wb") as out:
            while block := source.read(1 << 20):
                digest.update(block)
                out.write(block)
        twin = seen.setdefault(digest.hexdigest(), target)
        if twin is not target:
            target.unlink()
            os.link(twin, target)
        else:
            written += size
        meter.add(size)
    if not any(folder.iterdir()):
        raise UnexpectedContent(f"{archive.name} holds nothing under {inside}")
    return written


def main(destination: Path) -> int:
    seen: dict[str, Path] = {}
    total = 0
    try:
        destination.mkdir(parents=True, exist_ok=True)
        for artifact, packaging, pinned, inside, folder in ARTIFACTS:
            with tempfile.TemporaryDirectory(dir=destination, prefix="maven-") as repository:
                archive = download(artifact, packaging, pinned, Path(repository) / "repository")
                total += unpack(archive, inside, destination / folder, seen)
    except requests.RequestException as error:
        say(error=str(error), kind="network")
        return 1
    except OSError as error:
        say(error=str(error), kind="disk" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "content")
        return 1
    except (UnexpectedContent, RuntimeError, tarfile.TarError, zipfile.BadZipFile) as error:
        say(error=str(error), kind="content")
        return 1
    say(unpacked=total)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
