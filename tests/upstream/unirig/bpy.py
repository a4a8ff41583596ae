"""Blender is installed."""
