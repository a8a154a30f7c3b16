"""Talkoo as containers: what `docker-compose.yml` needs beside the processes themselves."""
