"""In which order do lanes lie below each other? As written, or so that hand-offs are short."""

from collections import defaultdict

from workflows.layout.graph import Lane, Pool, Scope

MOST = 10
"""More lanes than this keep their order: the search is exact and doubles with every lane."""


def lane_orders(scope: Scope, pool: Pool) -> list[list[Lane]]:
    """Orders worth drawing: the given one first, then the one with the smallest sum of lane distances of all flows."""
    given = pool.lanes
    if not 2 < len(given) <= MOST or any(lane.parts for lane in given):
        return [given]
    index = {lane.id: number for number, lane in enumerate(given)}
    weight: dict[tuple[int, int], float] = defaultdict(float)
    for edge in scope.edges:
        a, b = index.get(edge.src.cell.band), index.get(edge.dst.cell.band)
        if a is not None and b is not None and a != b:
            weight[a, b] += 1
            weight[b, a] += 1
    shortest = [given[one] for one in _shortest(len(given), weight)]
    return [given] if shortest in (given, given[::-1]) else [given, shortest]


def _shortest(count: int, weight: dict[tuple[int, int], float]) -> tuple[int, ...]:
    """The exact minimum over all orders: the best way to put a set of lanes on top, for growing sets."""
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for mask in range(1, 1 << count):
        top = [one for one in range(count) if mask >> one & 1]
        rest = [one for one in range(count) if not mask >> one & 1]
        cut = sum(weight.get((a, b), 0.0) for a in top for b in rest)
        choices = []
        for last in top:
            cost, order = best[mask ^ (1 << last)]
            turned = 0.02 * sum(one > last for one in order)
            choices.append((cost + cut + turned, (*order, last)))
        best[mask] = min(choices)
    return best[(1 << count) - 1][1]


def reorder(pool: Pool, lanes: list[Lane]) -> None:
    """Lay the lanes of a pool in this order."""
    pool.lanes = list(lanes)
    if lanes:
        pool.bands = [leaf.id for lane in lanes for leaf in lane.leaves()]
