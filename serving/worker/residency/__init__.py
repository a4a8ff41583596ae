"""Which model is loaded where, and the grip on the processes that hold them."""
