"""The kiosk's end of the link: a durable outbox, and the one process that knows the network."""
