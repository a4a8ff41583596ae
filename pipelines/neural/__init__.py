"""What published neural models run on: torch and upstream code, imported in the environment of their family alone."""
