"""Our figures beside those of peers and of hand-written code."""
