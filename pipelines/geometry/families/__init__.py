"""Families of objects that words can name: one small function each, by kind a folder, by theme a file."""
