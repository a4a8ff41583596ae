"""Food and drink, fruit and vegetables."""
