"""The rules on who the caller says it is (RFC 8224)."""
