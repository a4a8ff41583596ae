"""TRELLIS through its public stages: condition, sparse structure, structured latent, decoding.

Structured 3D Latents for Scalable and Versatile 3D Generation (Xiang et al. 2024). Upstream's own `run` is not called:
it has no progress, no cancel point and no check of empty shapes, and it cannot paint a mesh by a picture.
"""
