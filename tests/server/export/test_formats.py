"""The files of an export hold what paging by hand gives, in every format."""

import csv
import io
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph.export_columns import Column, Kind
from models.vocabulary import ExportFormat, ExportStatus
from server.export.files import Part
from server.export.parquet import Parquet
from tests.server.export.bureau import ENTRIES, Bureau, by_hand

BY_HAND = "query($after: String) { ledger(first: 100, after: $after) { %s pageInfo { hasNextPage endCursor } } }"
ENTRY = "nodes { ref usd occurredAt kind trades protocol { slug } provenance { source { name } rivals { id } } }"
PROTOCOLS = "{ protocols { nodes { slug launchedOn sectors { key } token { symbol } } } }"

COLUMNS = [
    Column(("text",), Kind.TEXT),
    Column(("a", "whole"), Kind.WHOLE),
    Column(("a", "real"), Kind.REAL),
    Column(("truth",), Kind.TRUTH),
    Column(("day",), Kind.DAY),
    Column(("moment",), Kind.MOMENT),
    Column(("json",), Kind.JSON),
]
ROWS: list[dict[str, Any]] = [
    {
        "text": 'one, "two"\nthree é',
        "a": {"whole": 12, "real": 0.1},
        "truth": True,
        "day": "2026-02-12",
        "moment": "2026-02-12T08:30:00Z",
        "json": [{"b": 1}, {"b": None}],
    },
    {"text": None, "a": None, "truth": None, "day": None, "moment": None, "json": None},
]


async def test_lines_are_the_nodes_in_order_and_files_end_at_their_rows(bureau: Bureau) -> None:
    job = await bureau.filled()

    files = bureau.contents(job)
    rows = [orjson.loads(line) for file in files for line in file.splitlines()]
    assert rows == await by_hand(bureau.store, BY_HAND % ENTRIES[11:-4], "ledger")
    assert (job.status, job.rows, [file.rows for file in job.files]) == (ExportStatus.DONE, 230, [100, 100, 30])
    found = [(file.sha256, file.bytes) for file in job.files]
    assert found == [(sha256(content).hexdigest(), len(content)) for content in files]
    assert job.bytes == sum(map(len, files))


async def test_tables_have_a_column_for_each_leaf_and_the_cells_of_paging_by_hand(bureau: Bureau) -> None:
    job = await bureau.filled(f"{{ ledger {{ {ENTRY} }} }}", format=ExportFormat.CSV)

    rows = await by_hand(bureau.store, BY_HAND % ENTRY, "ledger")
    tables = [list(csv.reader(io.StringIO(file.decode(), newline=""))) for file in bureau.contents(job)]
    head = "ref usd occurredAt kind trades protocol.slug provenance.source.name provenance.rivals"
    assert [table[0] for table in tables] == [head.split()] * 3
    assert [line for table in tables for line in table[1:]] == [
        [
            row["ref"],
            row["usd"] or "",
            row["occurredAt"],
            row["kind"],
            "",
            row["protocol"]["slug"],
            row["provenance"]["source"]["name"],
            orjson.dumps(row["provenance"]["rivals"]).decode(),
        ]
        for row in rows
    ]


async def test_parquet_has_types_and_decimals_of_all_their_digits(bureau: Bureau) -> None:
    job = await bureau.filled(f"{{ ledger {{ {ENTRY} }} }}", format=ExportFormat.PARQUET)

    rows = await by_hand(bureau.store, BY_HAND % ENTRY, "ledger")
    read = pa.concat_tables([pq.read_table(pa.BufferReader(file)) for file in bureau.contents(job)])
    assert read.schema.field("usd").type == pa.string()
    assert read.schema.field("trades").type == pa.int64()
    assert read.column("usd").to_pylist() == [row["usd"] for row in rows]
    moments = [datetime.fromisoformat(row["occurredAt"]) for row in rows]
    assert read.column("occurredAt").to_pylist() == moments
    assert (job.rows, read.num_rows) == (230, 230)


@pytest.mark.parametrize("format", ExportFormat, ids=lambda format: format.name)
async def test_an_export_without_rows_is_one_file_that_says_so(bureau: Bureau, format: ExportFormat) -> None:
    job = await bureau.filled("{ ledger(where: {kind: [BURN]}) { nodes { ref usd } } }", format=format)

    [content] = bureau.contents(job)
    assert (job.status, job.rows, [file.rows for file in job.files]) == (ExportStatus.DONE, 0, [0])
    if format is ExportFormat.PARQUET:
        assert pq.read_table(pa.BufferReader(content)).column_names == ["ref", "usd"]
    else:
        assert content == (b"" if format is ExportFormat.JSONL else b"ref,usd\r\n")


async def test_variables_fragments_aliases_and_edges_are_taken_as_they_are(bureau: Bureau) -> None:
    query = """query Bought($kinds: [LedgerKind!], $n: Int = 7, $with: Boolean!) {
      bought: ledger(first: $n, where: {kind: $kinds}) { ...Page }
    }
    fragment Page on LedgerConnection { totalCount pageInfo { endCursor } edges { cursor node { ...Row } } }
    fragment Row on LedgerEntry { name: ref kind @include(if: $with) usd @skip(if: $with) }"""

    job = await bureau.filled(query, variables='{"kinds": ["PURCHASE"], "with": true}')

    first = orjson.loads(bureau.contents(job)[0].splitlines()[0])
    assert (job.rows, first) == (230, {"name": "e0", "kind": "PURCHASE"})


async def test_columns_of_nested_objects_are_there_whatever_the_rows_hold(bureau: Bureau) -> None:
    job = await bureau.filled(PROTOCOLS, format=ExportFormat.CSV)

    assert bureau.contents(job) == [b"slug,launchedOn,sectors,token.symbol\r\none,,[],\r\n"]


def test_parquet_keeps_days_moments_numbers_and_lists(tmp_path: Path) -> None:
    part = Part(tmp_path, "one", ExportFormat.PARQUET, COLUMNS)
    part.write(ROWS)
    part.finish()

    assert pq.read_table(tmp_path / "one.parquet").to_pylist() == [
        {
            "text": 'one, "two"\nthree é',
            "a.whole": 12,
            "a.real": 0.1,
            "truth": True,
            "day": date(2026, 2, 12),
            "moment": datetime(2026, 2, 12, 8, 30, tzinfo=UTC),
            "json": '[{"b":1},{"b":null}]',
        },
        dict.fromkeys(["text", "a.whole", "a.real", "truth", "day", "moment", "json"]),
    ]


def test_many_rows_of_parquet_are_few_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.export.parquet.GROUP", 250)
    with (tmp_path / "many").open("wb") as file:
        table = Parquet(file, [Column(("n",), Kind.WHOLE)])
        for start in range(0, 600, 100):
            table.write([{"n": n} for n in range(start, start + 100)])
        table.end()

    found = pq.ParquetFile(tmp_path / "many")
    assert (found.num_row_groups, found.read().column("n").to_pylist()) == (2, list(range(600)))


def test_cells_are_text_as_it_is_and_all_else_as_json(tmp_path: Path) -> None:
    part = Part(tmp_path, "one", ExportFormat.CSV, COLUMNS)
    part.write(ROWS)
    part.finish()

    _, first, second = csv.reader(io.StringIO((tmp_path / "one.csv").read_bytes().decode(), newline=""))
    assert first == [
        'one, "two"\nthree é',
        "12",
        "0.1",
        "true",
        "2026-02-12",
        "2026-02-12T08:30:00Z",
        '[{"b":1},{"b":null}]',
    ]
    assert second == [""] * 7


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    part = Part(tmp_path, "one", ExportFormat.JSONL, COLUMNS)
    part.write(ROWS)
    before = [path.name for path in tmp_path.iterdir()]

    finished = part.finish()

    content = (tmp_path / "one.jsonl").read_bytes()
    assert (before, [path.name for path in tmp_path.iterdir()]) == (["one.jsonl.part"], ["one.jsonl"])
    assert (finished.rows, finished.bytes, finished.sha256) == (2, len(content), sha256(content).hexdigest())
