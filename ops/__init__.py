"""Running Talkoo: launcher, simulators of outside companies, demo data, measurements, operator commands."""
