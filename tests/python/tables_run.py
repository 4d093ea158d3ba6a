"""Runs the Python of docs/r-and-python.md as it stands there, and holds what it finds against the terminal's report.

    python tables_run.py METACLS FOLDER

Also reads every file of a small sweep, CSV and Parquet, and looks that both hold the same. `cargo xtask test` calls this.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd

from checks import Checks

ROOT = Path(__file__).resolve().parents[2]


def block(document: Path, language: str) -> str:
    """A document's code in a language: the first block of it."""
    found = re.search(rf"^```{language}\n(.*?)^```$", document.read_text(), re.M | re.S)
    assert found, f"{document} has no {language}"
    return found[1]


def effect(report: str, what: str) -> tuple[float, float, float]:
    """A part of a claim in a report: its effect and its interval."""
    row = re.search(rf"^\| \| {what} \|.*?\| (\S+) \[(\S+), (\S+)\]", report, re.M)
    assert row, f"the report does not tell {what}"
    return float(row[1]), float(row[2]), float(row[3])


def same(csv: Path, parquet: Path) -> bool:
    """Whether a CSV file and a Parquet file hold the same, empty cells as nulls."""
    ours = pd.read_parquet(parquet)
    theirs = pd.read_csv(csv, dtype={name: str for name in ours if ours[name].dtype in (object, "str")})
    if list(ours) != list(theirs) or len(ours) != len(theirs) or ours.empty:
        return False
    return all(
        (ours[name].isna() == theirs[name].isna()).all()
        and (ours[name].dropna() == theirs[name].dropna()).all()
        for name in ours
    )


def main(metacls: str, folder: Path) -> int:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.chdir(folder)
    checks = Checks()
    stored = str(ROOT / "stored/figure1.json.gz")
    command = [metacls, "report", stored, "--parquet", "out", "--csv", "out"]
    report = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict = {}
    exec(compile(block(ROOT / "docs/r-and-python.md", "python"), "docs/r-and-python.md", "exec"), found)

    ours, low, high = effect(report, "accuracy, meta less baseline")
    gain, test, model = found["gain"], found["test"], found["model"]
    checks.that("forty seeds are paired", len(gain) == 40, len(gain))
    print(f"report {ours} [{low}, {high}]; paired {gain.mean():.6f}, p {test.pvalue:.1e}", flush=True)
    checks.that("the paired mean is the report's effect", abs(gain.mean() - ours) <= 5e-5, gain.mean())
    interval = test.confidence_interval()
    ends = abs(interval.low - low) < 0.001 and abs(interval.high - high) < 0.001
    checks.that("its t interval is within 0.001 of the bootstrap's", ends, interval)
    checks.that("p is below 0.0001 in both", test.pvalue < 1e-4 and "< 0.0001" in report, test)
    slope = model.params["condition[T.meta]"]
    checks.that("the mixed model has the same effect", abs(slope - gain.mean()) < 1e-6, slope)
    drawn = Path("figure1c.svg")
    checks.that("Figure 1c is drawn", drawn.is_file() and drawn.stat().st_size > 5000)
    mean = found["mean"]["mean"]["active fraction h2"]
    checks.that("meta leaves fewer of h2's units active", mean["meta"] < mean["baseline"], mean)
    checks.that("CSV and Parquet of Figure 1 hold the same", same(Path("out/figure1.csv"), Path("out/figure1.parquet")))

    link = "v=1&preset=quick&tasks=2&samples_per_task=20&evaluation_images=20"
    vary = ["--vary", "alpha_0=0.001,0.01", "--vary", "hidden=24x2,20+10", "--seeds", "0..3"]
    command = [metacls, "sweep", link, *vary, "--engine", "cpu", "--out", "sweep", "--csv", "out", "--parquet", "out"]
    subprocess.run(command, capture_output=True, text=True, check=True)
    for part in ["", ".means", ".claims"]:
        files = [Path(f"out/quick-sweep{part}.{end}") for end in ("csv", "parquet")]
        checks.that(f"CSV and Parquet of a sweep{part} hold the same", same(*files), files)
    print(f"{checks.passed} passed, {checks.failed} failed", flush=True)
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]).absolute()))
