"""Draws: what a card says, where it stands, and the SVG and the DOT that show it."""
