"""Moves: the sliders, and the picture that follows them in a notebook."""
