"""The rules on subscriptions."""
