"""The JSON API under /api/v1: one module per service, under the resource names that clients rely on."""
