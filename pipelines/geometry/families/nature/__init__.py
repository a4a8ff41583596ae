"""Plants, rocks, water, weather and what lies about outdoors."""
