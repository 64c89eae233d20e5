"""All benches in one run: a table of times, then what random kills did."""

from __future__ import annotations

from tests.bench import chains, csv, datasets, frame, jobs, kills, output, save, sorting
from tests.bench.sides import find_ax
from tests.bench.table import format_machine, format_table


def main() -> None:
    """Measure everything and print."""
    arguments = jobs.parse_arguments()
    ax = find_ax(arguments.ax)
    found = [
        *jobs.figures(ax, arguments.rounds),
        *chains.figures(arguments.rounds),
        *save.figures(ax, 20),
        *frame.figures(7),
        *output.figures(200),
        *datasets.figures(ax, arguments.rounds),
        *sorting.figures(ax, arguments.rounds),
        *csv.figures(ax, 1),
    ]
    print(format_machine() + ("" if ax else "; no Accelerator here (pip install -e '.[bench]', or --ax PATH)"))
    print(format_table(found))
    print(kills.format_tally(kills.measure()))


if __name__ == "__main__":
    main()
