"""The only HTTP door: JSON API and web pages. No database of its own; everything it knows, it asks a service for."""
