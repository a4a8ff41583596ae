"""What is computed: features, model adapters, geometry. Knows no Flask, no Redis, no RQ; works alone from the shell."""
