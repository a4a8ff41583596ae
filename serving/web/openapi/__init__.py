"""The OpenAPI file, made from the routes and what is said of them. Pure: no request, no Redis."""
