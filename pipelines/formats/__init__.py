"""Mesh files: each reader makes a Scene, each writer takes one. Knows formats, not what a mesh is for."""
