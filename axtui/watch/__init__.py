"""Changes of sources and inputs. Does not decide what is stale."""
