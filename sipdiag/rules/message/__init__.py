"""The rules of the family message."""
