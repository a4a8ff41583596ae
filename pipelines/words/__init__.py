"""What a prompt says: which object, which colours and materials, which sizes. Light: strings alone, no library."""
