"""Machines and devices of homes, offices and the future."""
