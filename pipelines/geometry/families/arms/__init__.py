"""Weapons and engines of war."""
