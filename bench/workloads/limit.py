"""W0: the raw commit, with one and with two processes."""

from bench.rig import Rig
from bench.rounds import Plan, repeat

TITLE = "raw commit"


def run(rig: Rig) -> None:
    """Nothing but the limit, twice in each repetition; its drift is the noise of the machine."""
    repeat(rig, Plan("W0", (), raw=(1, 2)))
