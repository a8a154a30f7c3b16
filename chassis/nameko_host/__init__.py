"""The only place that knows Nameko and eventlet: hardened entrypoints around `chassis.execution`.

Stock Nameko loses failing events, dies on malformed messages and repeats work at shutdown; docs/adr/0003
tells what was measured and what these classes do about it.
"""
