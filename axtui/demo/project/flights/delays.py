"""What a delay is in this project: edit it, and exactly what uses it is built again."""

LATE = 15
"""From this many minutes on, the Bureau of Transportation Statistics calls it late."""


def is_late(minutes):
    """Tell whether a delay counts as late; `minutes` may be an array."""
    return minutes >= LATE


def mean_delay(minutes, flights):
    """Average a sum of delays; None without flights."""
    return round(float(minutes / flights), 3) if flights else None


def percent_late(late, flights):
    """Give the share of late flights in percent; None without flights."""
    return round(100 * float(late / flights), 1) if flights else None
