"""The page of threats names tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_test_that_the_page_names_exists():
    named = set(re.findall(r"test_\w+\.py", (ROOT / "docs" / "security.md").read_text("utf-8")))
    there = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert len(named) > 15
    assert named - there == set()


def test_every_threat_has_an_answer_and_a_test():
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    table = text.partition("## Threats")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 12
    for row in rows:
        assert len(row) == 5, row
        assert all(cell.strip() for cell in row[1:4]), row
        assert "test_" in row[3], row
