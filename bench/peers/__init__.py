"""What the product is measured beside. Each folder says what is comparable and what is not."""
