"""What visitors hear, as files: ``LANGUAGE/KEY.mp3`` for a phrase of the catalogue, ``earcons/NAME.mp3``."""
