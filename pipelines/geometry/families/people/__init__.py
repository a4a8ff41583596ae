"""People, beings of tales and what is built like them."""
