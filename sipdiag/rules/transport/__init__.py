"""The rules on what carries SIP."""
