"""A program made ready to run: lowered to instructions, run by a tape, or written out as Python."""
