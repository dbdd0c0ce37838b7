"""What the API takes and gives, as schemas: one class per shape, named as the specification names it."""
