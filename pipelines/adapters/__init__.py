"""One file a model family: its cards, and the adapter that makes it fit. Found by the catalog; no list to edit."""
