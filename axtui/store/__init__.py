"""Jobs as directories: layout, records, reading, writing, index, recovery. Knows no columns."""
