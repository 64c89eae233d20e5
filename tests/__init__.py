"""The tests: `unit` mirrors `axtui/`, `contract` checks every implementation of an interface, `e2e` real processes."""
