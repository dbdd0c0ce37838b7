"""How is it reached? HTTP, the command line, forms on screen, settings."""
