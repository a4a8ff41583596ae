"""Buildings, their parts and their ruins."""
