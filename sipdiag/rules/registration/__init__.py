"""The rules on registrations."""
