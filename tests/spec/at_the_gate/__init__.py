"""Promises that the whole product keeps while it stands: it is put up once for them all (a package's fixtures)."""
