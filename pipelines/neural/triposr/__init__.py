"""TripoSR by its makers' code (`tsr`), which lies checked out beside the environment's packages."""
