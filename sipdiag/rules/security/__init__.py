"""The rules on those who attack."""
