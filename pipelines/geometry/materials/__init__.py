"""Materials as functions of the place in space: no seams, any UVs. One small function each, by theme a file."""
