"""The rules on transactions."""
