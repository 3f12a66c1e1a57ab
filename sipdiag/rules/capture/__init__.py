"""The rules on what the recorder saw."""
