"""FBX, binary and text, in and out. Nothing here knows other formats."""
