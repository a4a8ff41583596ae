"""Only the baking."""
