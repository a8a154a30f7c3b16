"""An SMS provider that speaks Twilio's Message resource. `python -m ops.simulators.twilio --port N` starts it.

Like the real one it sends every request it accepts, repeated or not. Numbers that start with +35850000099 cannot be
reached: they are accepted and end as undelivered.
"""
