"""Installed, as far as anyone asks."""
