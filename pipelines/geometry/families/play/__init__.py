"""Toys, games, sport and musical instruments."""
