"""How does the outside world reach a workflow? Signed calls and files, stored before they are answered.

A receipt says what arrived and never changes; its delivery says how far we are with it. Nothing is parsed, and no
model runs, before the receipt is committed.
"""
