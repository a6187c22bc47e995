"""What each row of the operation table is in PyTorch: a module a room, each with OPERATIONS."""
