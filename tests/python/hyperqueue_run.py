"""A run in shards by HyperQueue, with what goes wrong on many machines: a worker killed, a shard damaged, one lost.

    python hyperqueue_run.py METACLS FOLDER

The server and four workers are HyperQueue's own, each a process, as its package for Python has them (the wheel has no
`hq` command). At the end the joined file must be what one single run writes. `cargo xtask test` calls this.
"""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from checks import Checks

SEEDS = 32
SHARDS = 16
WORKERS = 4
LINK = "v=1&preset=quick&tasks=4&samples_per_task=100&hidden=60,40&evaluation_images=40"


def worker(server: str) -> None:
    """Serves one core to the server whose folder it is given, until it is killed."""
    from hyperqueue.ffi.cluster import Cluster

    # The package starts workers beside a server of their own; told another's access record, they go there.
    own = Cluster(tempfile.mkdtemp(dir=server))
    record = Path("hq-current", "access.json")
    shutil.copy(Path(server, record), Path(own.server_dir, record))
    own.add_worker(1)
    Path(server, f"worker-{os.getpid()}").touch()
    while True:
        time.sleep(60)


def children(pid: int) -> list[int]:
    """The processes that a process has started and that are still there."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(word) for word in task.read_text().split()]
        except OSError:
            pass
    return found


def shard_of(pid: int) -> int | None:
    """The number of the shard that a process makes; none before it has begun its command (a child is its parent's copy
    first, and then nothing, for a moment), and none of a process that has ended."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return None
    return int(words[words.index("--shard") + 1].split("/")[0]) if "--shard" in words else None


def until(what: str, found, seconds: float = 60):
    """Waits for something to be there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.005)
    raise TimeoutError(what)


def timeless(path: Path) -> list[str]:
    """A results file's lines but for its two of seconds."""
    text = path.read_bytes()
    text = gzip.decompress(text) if path.suffix == ".gz" else text
    return [line for line in text.decode().splitlines() if '_seconds":' not in line]


def main(metacls: str, folder: Path) -> int:
    from hyperqueue import Client, Job
    from hyperqueue.ffi.cluster import Cluster

    shutil.rmtree(folder, ignore_errors=True)
    shards, server = folder / "shards", folder / "server"
    server.mkdir(parents=True)
    checks = Checks()
    run = [metacls, "run", LINK, "--engine", "cpu", "--data", "digits", "--seeds", f"0..{SEEDS}"]

    def shard(number: int) -> list[str]:
        return [*run, "--shard", f"{number}/{SHARDS}", "--out", str(shards)]

    def there() -> dict[int, Path]:
        """Shards' files, by the place of their first seed."""
        files = shards.glob("*-????????????????.json.gz")
        each = SEEDS // SHARDS
        return {int(file.name.split("-")[2]) // each + 1: file for file in files}

    def merge(out: str) -> subprocess.CompletedProcess[str]:
        command = [metacls, "merge", str(shards), "--out", str(folder / out)]
        return subprocess.run(command, capture_output=True, text=True)

    one = {**os.environ, "RAYON_NUM_THREADS": "1"}
    cluster = Cluster(str(server))
    command = [sys.executable, __file__, "worker", str(server)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    workers = [subprocess.Popen(command, **quiet, env=one) for _ in range(WORKERS)]
    try:
        up = lambda: len(list(server.glob("worker-*"))) == WORKERS
        until("four workers", up)
        client = Client(cluster.server_dir)

        def submit():
            job = Job()
            said = folder / "said"
            said.mkdir(exist_ok=True)
            for number in range(1, SHARDS + 1):
                out, err = (str(said / f"{number}.{end}") for end in ("out", "err"))
                job.program(shard(number), env={"RAYON_NUM_THREADS": "1"}, stdout=out, stderr=err)
            return client.submit(job)

        start = time.monotonic()
        job = submit()
        # One worker is killed in the middle of a shard, as soon as it has begun it, once others are there.
        until("two shards", lambda: len(there()) >= 2)
        before = [task for w in workers for task in children(w.pid)]

        def fresh():
            tasks = ((w, shard_of(t)) for w in workers for t in children(w.pid) if t not in before)
            return next(((w, number) for w, number in tasks if number is not None), None)

        victim, number = until("a worker with a new shard", fresh)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        checks.that(f"a worker was killed while it made shard {number}", number not in there())
        done = client.wait_for_jobs([job], raise_on_error=False)
        took = time.monotonic() - start
        checks.that("all tasks ended well, that of the killed worker too", done)
        checks.that("every shard is there once", len(there()) == SHARDS, sorted(there()))

        print(f"{SEEDS} seeds in {SHARDS} shards: {took:.1f} s", flush=True)
        single = subprocess.run([*run, "--out", str(folder / "single.json")], capture_output=True, text=True)
        checks.that("the single run ended", single.returncode == 0, single.stderr)
        first = merge("first.json")
        checks.that("the shards are joined", first.returncode == 0, first.stderr)
        same = timeless(folder / "first.json") == timeless(folder / "single.json")
        checks.that("the joined file is the single run's but for two lines of seconds", same)

        # One shard is damaged, one holds another number, one is gone.
        files = there()
        damaged, changed, gone = files[3], files[7], files[11]
        before = {n: f.stat().st_mtime_ns for n, f in files.items() if f not in (damaged, changed, gone)}
        whole, cut = damaged.read_bytes(), damaged.stat().st_size // 2
        damaged.write_bytes(whole[:cut])
        refused = merge("spoiled.json")
        named = refused.returncode == 2 and damaged.name in refused.stderr
        checks.that("a damaged shard is refused by name", named, refused.stderr)
        damaged.write_bytes(whole)
        text = gzip.decompress(changed.read_bytes()).decode()
        changed.write_bytes(gzip.compress(text.replace("0.", "0.0", 1).encode()))
        refused = merge("spoiled.json")
        named = refused.returncode == 2 and f"{changed.name}: its content is" in refused.stderr
        checks.that("a changed shard is refused by name", named, refused.stderr)
        gone.unlink()
        damaged.write_bytes(whole[:cut])

        # The same array again.
        done = client.wait_for_jobs([submit()], raise_on_error=False)
        checks.that("the same tasks again ended well", done)
        again = there()
        checks.that("the same files are there", again == files)
        after = {n: f.stat().st_mtime_ns for n, f in again.items() if n in before}
        checks.that("whole shards were left alone", after == before)
        last = merge("joined.json")
        checks.that("the shards are joined again", last.returncode == 0, last.stderr)
        same = timeless(folder / "joined.json") == timeless(folder / "single.json")
        checks.that("nothing is lost: the joined file is the single run's", same)
        lanes = len(json.loads((folder / "joined.json").read_text())["lanes"])
        checks.that(f"it has all {2 * SEEDS} lanes", lanes == 2 * SEEDS, lanes)
        print(last.stderr.strip(), flush=True)
    finally:
        for process in workers:
            process.kill()
            process.wait()
        cluster.stop()
    print(f"{checks.passed} passed, {checks.failed} failed", flush=True)
    return 1 if checks.failed else 0


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        worker(sys.argv[2])
    code = main(sys.argv[1], Path(sys.argv[2]).absolute())
    sys.stdout.flush()
    # Threads of the server may still be about; nothing of theirs is wanted.
    os._exit(code)
