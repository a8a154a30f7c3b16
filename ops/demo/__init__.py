"""`./talkoo demo`: the suite's main story, told on a running suite through its HTTP door only.

Every step checks what it claims; the first that does not hold ends the story with exit code 1. A second run on
the same suite tells it again with other people. `story.STEPS` is the table of contents.
"""
