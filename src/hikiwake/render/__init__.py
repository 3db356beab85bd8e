"""From a brief to bytes: each renderer adds looks, never content, and knows nothing but the core."""
