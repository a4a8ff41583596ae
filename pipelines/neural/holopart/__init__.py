"""HoloPart: each part of a thing made whole by diffusion, also where the others hide it."""
