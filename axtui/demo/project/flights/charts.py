"""Charts as SVG text: bars with whiskers, and lines."""

from html import escape

WIDTH = 860
INK, FAINT, GRID = "#22303c", "#74808a", "#e3e8ec"
EARLY, LATE = "#3a9d8f", "#e0794b"
LINES = ("#3b6fb6", "#e0794b", "#3a9d8f")
FONT = "system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif"


def bar_chart(title, subtitle, bars, unit):
    """Draw bars from zero; a bar is (label, value, low, high), with a whisker."""
    left, right, top, step = 220, 60, 92, 27
    height = top + step * len(bars) + 44
    ticks = _ticks([value for bar in bars for value in bar[1:]])
    across = _scale(ticks[0], ticks[-1], left, WIDTH - right)
    parts = []
    for tick in ticks:
        x = across(tick)
        parts.append(_line(x, top - 8, x, height - 36, GRID if tick else INK))
        parts.append(_text(x, height - 18, f"{tick:g}", FAINT, 12, "middle"))
    for number, (label, value, low, high) in enumerate(bars):
        y = top + step * number + step / 2
        tip = f"{label}: {value:+.2f} {unit}, {low:+.2f} to {high:+.2f}"
        parts.append(_text(left - 14, y + 4, label, INK, 13, "end"))
        parts.append(
            _bar(across(0), across(value), y, LATE if value > 0 else EARLY, tip)
        )
        parts.append(_line(across(low), y, across(high), y, INK, 1.5))
        beside = across(max(high, 0)) + 8
        parts.append(_text(beside, y + 4, f"{value:+.1f}", INK, 12, "start"))
    return _picture(title, subtitle, parts, height)


def line_chart(title, subtitle, lines):
    """Draw up to three named lines over the places 0, 1, 2 ...; None is left out."""
    left, right, top, bottom, height = 54, 30, 92, 44, 420
    points = {
        name: [(place, value) for place, value in enumerate(line) if value is not None]
        for name, line in lines.items()
    }
    places = [place for line in points.values() for place, _ in line]
    ticks = _ticks([value for line in points.values() for _, value in line])
    down = _scale(ticks[0], ticks[-1], height - bottom, top)
    across = _scale(min(places), max(places), left, WIDTH - right)
    parts = []
    for tick in ticks:
        y = down(tick)
        parts.append(_line(left, y, WIDTH - right, y, GRID if tick else INK))
        parts.append(_text(left - 10, y + 4, f"{tick:g}", FAINT, 12, "end"))
    for place in range(min(places), max(places) + 1):
        parts.append(_text(across(place), height - 18, f"{place}", FAINT, 12, "middle"))
    for number, (name, line) in enumerate(points.items()):
        parts += _curve([(across(x), down(y)) for x, y in line], LINES[number])
        parts.append(
            _text(WIDTH - 180 + 54 * number, 62, name, LINES[number], 13, "start", 600)
        )
    return _picture(title, subtitle, parts, height)


def _picture(title, subtitle, parts, height):
    size = f"viewBox='0 0 {WIDTH} {height:g}' width='{WIDTH}' height='{height:g}'"
    lines = [
        f"<svg xmlns='http://www.w3.org/2000/svg' {size} font-family='{FONT}'>",
        "<rect width='100%' height='100%' rx='10' fill='#ffffff'/>",
        _text(28, 40, title, INK, 20, "start", 600),
        _text(28, 62, subtitle, FAINT, 13, "start"),
    ]
    return "\n".join([*lines, *parts, "</svg>\n"])


def _ticks(values):
    """Return round numbers that span the values and zero."""
    low, high = min(0, *values), max(0, *values)
    steps = (size * 10**power for power in range(-3, 9) for size in (1, 2, 5))
    step = next(step for step in steps if (high - low) / step <= 8)
    return [step * n for n in range(int(low // step), int(-(-high // step)) + 1)]


def _scale(low, high, start, end):
    return lambda value: start + (value - low) / (high - low) * (end - start)


def _bar(start, end, y, colour, tip):
    x, width = min(start, end), abs(end - start)
    box = f"x='{x:.1f}' y='{y - 8:.1f}' width='{width:.1f}' height='16' rx='3'"
    return f"<rect {box} fill='{colour}'><title>{escape(tip)}</title></rect>"


def _curve(points, colour):
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return [
        f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='2.5'/>",
        *(
            f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3' fill='{colour}'/>"
            for x, y in points
        ),
    ]


def _line(x1, y1, x2, y2, colour, width=1):
    ends = f"x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}'"
    return f"<line {ends} stroke='{colour}' stroke-width='{width}'/>"


def _text(x, y, text, colour, size, anchor, weight=400):
    place = f"x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}'"
    look = f"fill='{colour}' font-size='{size}' font-weight='{weight}'"
    return f"<text {place} {look}>{escape(text)}</text>"
