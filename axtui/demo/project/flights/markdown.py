"""Markdown text for the report."""


def format_table(rows, titles):
    """Write rows (dicts) as a table; `titles` has a title for each column, in order."""
    lines = [titles.values(), [_alignment(rows, column) for column in titles]]
    lines += [[format_cell(row[column]) for column in titles] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def format_cell(value):
    """Write a value for reading: whole numbers of five digits and more get commas."""
    if value is None:
        return ""
    if isinstance(value, int) and abs(value) >= 10_000:
        return f"{value:,}"
    return str(value).replace("|", "\\|")


def format_band(low, high):
    """Name a band by its limits; the first has no lower one, the last no upper one."""
    if low is None:
        return f"below {high:g}"
    if high is None:
        return f"from {low:g}"
    return f"{low:g} to {high:g}"


def _alignment(rows, column):
    return ":--" if any(isinstance(row[column], str) for row in rows) else "--:"
