"""Animals: of land, air and sea, insects and dinosaurs."""
