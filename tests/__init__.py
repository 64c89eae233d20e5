"""The tests: `unit` mirrors `axtui/`, `contract` holds all implementations of an interface, `e2e` uses real processes."""
