"""The kills and the cuts find a build that is broken on purpose: what they do not find elsewhere is not there."""
