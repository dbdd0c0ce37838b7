"""Stored states of every version of the codec, and how an instance went on from each when it was stored."""
