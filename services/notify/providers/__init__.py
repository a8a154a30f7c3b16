"""The outside ways a message leaves by: an SMTP server, Twilio. Each raises the three failures of `failures.py`."""
