"""What a register of a million does: `./talkoo bench --million [P3 P6 P7 P8 P15]`. Another size by `--persons`."""
