"""What an operator asks of the running suite from the command line: jobs, dead letters, imports.

All of it goes through the HTTP API with the administrator's key of `.talkoo/run.json`, so that the same rights,
checks and audit apply as for everybody else.
"""
