"""The link between gate and station: one message schema, two ends that do not know one another."""
