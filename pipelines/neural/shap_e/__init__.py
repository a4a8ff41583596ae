"""Shap-E through diffusers: a latent drawn for a text or a picture, and the field that it stands for."""
