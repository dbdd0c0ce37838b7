"""How a run is made: what is measured, how often and for how long."""

from dataclasses import dataclass

WORKLOADS = ("W0", "W1", "W2", "W3", "W4", "W5", "W6", "W8", "W9", "W11", "MEM", "W10", "W7")
"""In the order in which they are run: the one that fills the tables comes last."""
PEERS = ("raw", "naive", "viewflow", "bpmn-engine")
DRIFT = 1.5
"""A repetition whose second raw commit is so much slower or faster than its first is thrown away."""
RETRIES = 3
"""How often a repetition that was thrown away is made again."""


@dataclass(frozen=True)
class Settings:
    """How a run is made.

    secs:        length of a window.
    small:       sizes that finish in two minutes.
    drift:       see DRIFT; retries: see RETRIES.
    completions: how many the memory of a web process is watched over.
    inbox_open, inbox_done: tasks of the inbox.
    """

    workloads: tuple[str, ...] = WORKLOADS
    peers: tuple[str, ...] = PEERS
    reps: int = 5
    secs: float = 3.0
    small: bool = False
    drift: float = DRIFT
    retries: int = RETRIES
    completions: int = 20_000
    inbox_open: int = 1_000_000
    inbox_done: int = 10_000_000

    @property
    def warm(self) -> float:
        """Seconds of warming up before a window."""
        return min(0.5, self.secs / 4)

    @property
    def processes(self) -> tuple[int, ...]:
        """How many processes work at once."""
        return (1, 2) if self.small else (1, 2, 4)

    def has_peer(self, name: str) -> bool:
        return name in self.peers


SMALL = Settings(reps=1, secs=0.5, retries=1, small=True, inbox_open=10_000, inbox_done=100_000)
