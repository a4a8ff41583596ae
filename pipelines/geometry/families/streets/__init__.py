"""What stands in streets, at markets and on playgrounds."""
