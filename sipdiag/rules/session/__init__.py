"""The rules of the family session."""
