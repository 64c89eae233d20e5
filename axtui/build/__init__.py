"""What a request means: its identity, whether it is there already, why not. Never forks or waits."""
