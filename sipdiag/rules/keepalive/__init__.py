"""The rules on keep-alives."""
