"""Plain solids, letters and signs."""
