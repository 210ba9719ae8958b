"""The ``watchlist`` command: the list from the command line, at the station and at a kiosk."""
