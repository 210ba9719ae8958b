"""The station's web pages: templates, words and static files. Data only; sync.station serves them."""
