"""Pure rules of notify: texts, rendering, retries."""
