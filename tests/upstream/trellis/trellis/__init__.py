"""A recording double of TRELLIS: names and signatures of upstream, and shapes that a test can know."""
