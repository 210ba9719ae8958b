"""The camera: a worker process that may hang or die, and the app's side of it."""
