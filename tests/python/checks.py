"""What Python's tests look at, counted and told."""


class Checks:
    """What was looked at, and how it came out."""

    def __init__(self) -> None:
        self.passed, self.failed = 0, 0

    def that(self, words: str, holds: bool, more: object = "") -> None:
        if holds:
            self.passed += 1
            print(f"ok: {words}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED: {words}: {more}", flush=True)
