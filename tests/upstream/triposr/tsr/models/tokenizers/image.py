"""The picture's encoder asks the hub for its layout."""

from huggingface_hub import hf_hub_download

__all__ = ["hf_hub_download"]
