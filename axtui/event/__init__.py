"""What happened, as frozen values, and the journal that keeps them. Decides nothing."""
