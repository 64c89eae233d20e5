"""Methods that come with axtui, written against `axtui` alone."""
