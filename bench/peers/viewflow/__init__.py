"""django-viewflow, in an environment of its own. `program` runs there and knows nothing of ours but bench.wire."""
