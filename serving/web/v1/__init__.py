"""The second API, /api/v1: routes from the catalog, uploads, jobs, and what the system says of itself."""
