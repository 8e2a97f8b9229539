"""What an operator can set about exports."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class ExportSettings(BaseSettings):
    """The settings of exports; the program's Settings are these and more."""

    exports: Literal["on", "off"] = Field(
        "on", description="`off`: this server takes orders and gives out files, but leaves the work to others."
    )
    export_directory: Path | None = Field(
        None, description="Where the files lie; without it beside a store on SQLite, else in the working directory."
    )
    export_jobs: int = Field(
        10, ge=1, description="Exports of one client that wait, run or can still be fetched; then TOO_MANY_EXPORTS."
    )
    export_rows: int = Field(1_000_000, ge=1, le=1_000_000_000, description="Rows of an export; one with more fails.")
    export_megabytes: int = Field(
        # An Int of GraphQL has no room for more bytes.
        1_000,
        ge=1,
        le=2_000,
        description="Megabytes of its files; one with more fails.",
    )
    export_seconds: float = Field(3_600, gt=0, description="How long it may take once begun; then it fails.")
    export_file_rows: int = Field(100_000, ge=1, description="Rows of a file; what follows goes into the next.")
    export_hours: float = Field(24, gt=0, description="How long files are kept; then they are deleted.")
    export_url_seconds: int = Field(3_600, ge=1, description="How long an address of a file holds.")
    export_claim_seconds: float = Field(
        60, gt=0, description="How long a server that says nothing of its export is believed to be alive."
    )
