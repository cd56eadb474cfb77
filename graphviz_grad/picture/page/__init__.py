"""What runs in a page, whether a kernel stands behind it or not: one ES module, one style sheet."""
