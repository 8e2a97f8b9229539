"""What is told of a folder of recorded answers."""

import json
from pathlib import Path

import pytest

from tests.samples import main

FILL = {"coin": "@107", "px": "30.4", "sz": "2", "side": "B", "time": 1_770_993_722_643, "tid": 1}
HOLDER = {"name": "Meitu Inc", "symbol": "HKG:1357", "total_holdings": 31000}
ANSWERS = {
    "fills.json": [FILL, FILL | {"tid": 2}, FILL | {"px": "cheap"}],
    "holders.json": {"companies": [HOLDER]},
    "overview.json": {"protocols": [{"defillamaId": "1", "name": "A"}], "totalDataChartBreakdown": [[0, {"A": 5}]]},
    "refused.json": {"status": {"error_code": 429, "error_message": "Slow down"}},
    "strange.json": {"name": "a token without supplies"},
}


def test_of_each_file_it_is_told_who_reads_it_how_much_there_is_and_what_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, answer in ANSWERS.items():
        (tmp_path / name).write_text(json.dumps(answer))
    (tmp_path / "table.csv").write_text("day,usd")

    main(tmp_path)

    assert [line for line in capsys.readouterr().out.splitlines() if "  refused: " not in line] == [
        "fills.json: hyperliquid parse_fills: 12 values, 1 refused",
        "holders.json: coingecko parse_holders: 3 values, 0 refused",
        "overview.json: defillama parse_overview: 3 values, 0 refused",
        "refused.json: an error that says: Slow down",
        "strange.json: no source reads it",
        "table.csv: no answer: is not whole JSON, it begins: day,usd",
    ]
