"""Families of objects that words can name: one small function each, by theme a file."""
