"""The HTTP side: skins over submit() and the store. Never imports serving.worker."""
