"""A payment provider that speaks Paytrail's payment API: https://docs.paytrail.com.

Start it with `python -m ops.simulators.paytrail --port N --merchant ... --secret ...`. Deviations: plain http addresses
of the shop are accepted (it runs on loopback), and cards are replaced by one Pay button.
"""
