"""The studio: the page at `GET /` where a person makes, looks at and takes away meshes; and a shared mesh's page."""
