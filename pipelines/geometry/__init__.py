"""Pure functions on arrays: images, masks, meshes. The only place with heavy imports at module level."""
