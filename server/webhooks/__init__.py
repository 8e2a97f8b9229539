"""Webhooks: orders are taken, epochs looked through for what meets their rules, and messages sent."""
