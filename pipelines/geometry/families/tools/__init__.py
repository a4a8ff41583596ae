"""Tools of every trade."""
