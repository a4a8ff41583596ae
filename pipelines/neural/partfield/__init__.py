"""PartField: a feature for every face of a mesh, by which faces of one part are alike; and our clustering of these."""
