"""What drives, sails and flies, and working machines."""
