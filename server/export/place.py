"""Where the files of exports lie: one folder for each job, in one directory."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from server.export_settings import ExportSettings

BESIDE = ".exports"
UNFINISHED = ".part"


@dataclass(frozen=True, slots=True)
class Place:
    """A directory that is only this program's."""

    directory: Path

    def folder(self, job: int) -> Path:
        return self.directory / str(job)

    def file(self, job: int, name: str) -> Path | None:
        """A finished file, None where there is none of that name; never one outside the folder of its job."""
        folder = self.folder(job).resolve()
        path = (folder / name).resolve()
        return path if path.parent == folder and path.is_file() else None

    def delete(self, job: int) -> None:
        """Everything of a job; what is gone already is no error."""
        shutil.rmtree(self.folder(job), ignore_errors=True)

    def keep_only(self, job: int, names: set[str]) -> None:
        """Delete what a worker that died left unfinished or did not report."""
        folder = self.folder(job)
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if path.name not in names:
                path.unlink(missing_ok=True)

    def jobs(self) -> list[int]:
        """The jobs that have a folder."""
        if not self.directory.is_dir():
            return []
        return [int(path.name) for path in self.directory.iterdir() if path.name.isdecimal() and path.is_dir()]


def place_of(settings: ExportSettings, store_url: str) -> Place:
    """As the settings say, else beside the file of SQLite, else in the working directory."""
    if settings.export_directory is not None:
        return Place(settings.export_directory)
    url = make_url(store_url)
    beside = f"{url.database}{BESIDE}" if url.get_backend_name() == "sqlite" else "accrual.exports"
    return Place(Path(beside))
