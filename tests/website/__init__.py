"""The site: how it is built, what its pages hold, and how they behave in a real browser."""
