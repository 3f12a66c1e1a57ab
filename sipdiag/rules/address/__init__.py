"""The rules of the family address."""
