"""`countersign bench`: the product measured beside its limit and its peers, in one interleaved run.

Nothing of the product imports this package but its command line. The method is in docs/benchmark.md.
"""
