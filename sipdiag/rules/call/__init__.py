"""The rules on calls."""
