"""What holds things, and what one eats with."""
