"""Books of runs that never were."""

from bench.records import Book


def book(*rounds: dict[str, float]) -> Book:
    """One repetition for each: measure or "system measure" -> milliseconds."""
    made = Book()
    for repetition, one in enumerate(rounds, 1):
        for name, milliseconds in one.items():
            system, _, measure = name.rpartition(" ")
            if not system:
                system = "raw" if measure.startswith("raw") else "countersign"
            made.note(
                "result",
                workload="W1",
                group="service",
                repetition=repetition,
                system=system,
                measure=measure,
                numbers={"p50": milliseconds, "rate": 1000 / milliseconds},
            )
    return made
