"""A mailbox that takes all mail and delivers none: SMTP in, a page and JSON out.

`python -m ops.simulators.mailbox --smtp-port N --http-port N` starts it. Why not mail-devel: after
2,000 messages with attachments it held 440 MB (this 44), did not list them within a minute (this 0.8 s) and cannot be
asked for one receiver's mail.
"""
