"""What lies on disk: inputs that clients send, outputs that jobs make."""
