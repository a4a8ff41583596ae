"""One file a feature: its contract, and the pipeline that fulfils it. Found by the catalog; no list to edit."""
