"""What every stage stands on: errors, ids, atomic files, the wire, clocks, safe text and paths."""
