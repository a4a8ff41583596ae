"""Furniture, fittings and lamps."""
