"""One visit as pure functions: what may happen, what follows, who is admitted."""
