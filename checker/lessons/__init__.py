"""How a lesson is read: its fenced blocks and their markers, and the parts of files they show."""
