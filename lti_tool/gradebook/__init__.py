"""From a result to the host's gradebook: line items, the outbox, delivery. Knows nothing of attempts or packs."""
