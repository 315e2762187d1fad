"""Lambda handlers: each parses its event, calls one casework function, and answers."""

import gc

# Imports make some hundred thousand objects and next to no garbage; looking for garbage all the
# while is a sixth of a cold start. What a handler leaves behind is still found, less often.
gc.set_threshold(200_000, 20, 20)
