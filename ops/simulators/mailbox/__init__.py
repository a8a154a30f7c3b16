"""A mailbox that takes all mail and delivers none: SMTP in, a page and JSON out.

`python -m ops.simulators.mailbox --smtp-port N --http-port N` starts it. It replaces mail-devel, which held 440 MB
after 2,000 messages with attachments, did not list them within a minute and cannot be asked for one receiver's mail.
"""
