"""A recording double of TripoSR's code: names and signatures alone, and a ball for a network."""
