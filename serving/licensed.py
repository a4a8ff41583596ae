"""The models that this installation may offer at all, by its settings."""

from __future__ import annotations

from pipelines.catalog import Catalog
from serving.settings import Settings


def licensed_catalog(settings: Settings) -> Catalog:
    """All models of this build and of its plug-ins; without MESHKILN_ALLOW_NONCOMMERCIAL those alone that may be used
    commercially. Raises ValueError on a clash or a bad card."""
    catalog = Catalog.discover(settings.plugin_dirs)
    return catalog if settings.allow_noncommercial else catalog.commercial()
