"""The LTI 1.3 protocol, and nothing about courses."""
