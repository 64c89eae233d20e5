"""The year on a page with two charts, and the answers as JSON for other programs."""

from .charts import bar_chart, line_chart
from .delays import LATE
from .markdown import format_band, format_table

jobs = ("facts", "months", "carriers", "confidence", "hours", "routes")
jobs += ("wind", "visibility", "rain", "knock_on", "fleet")

PAGE = """\
# The flights that left New York in 2013

{flights:,} flights left Newark (EWR), Kennedy (JFK) and LaGuardia (LGA), {january:,} of
them in January. Together they went {miles:,} miles. {no_arr_delay:,} have no arrival
delay on record, because they were cancelled or diverted, and {no_tailnum:,} no tail
number. Delays are in minutes; a flight is late from {late} minutes on.

## Carriers

![Mean arrival delay of each carrier](carriers.svg)

{carriers}
## Hours

![Mean departure delay by hour and airport](hours.svg)

## Months

{months}
## Weather

{wind}
{visibility}
{rain}
## Busiest routes

{routes}
## Aircraft

How late an aircraft leaves New York again on the day it left late:

{knock_on}
{fleet}"""


def synthesis(job, jobs):
    """Write the files; what is written with job.open belongs to the job."""
    carriers = sorted(read_rows(jobs.carriers), key=lambda row: row["mean_delay"])
    routes = sorted(read_rows(jobs.routes), key=lambda row: -row["flights"])
    with job.open("report.md", "w") as file:
        file.write(write_page(jobs, carriers, routes))
    with job.open("carriers.svg", "w") as file:
        file.write(draw_carriers(carriers, jobs.confidence.load()))
    with job.open("hours.svg", "w") as file:
        file.write(draw_hours(jobs.hours.load()))
    united = next(row for row in carriers if row["carrier"] == "UA")
    answers = {**jobs.facts.load(), "united": united, "busiest_route": routes[0]}
    job.json_save(answers, "answers.json")


def read_rows(job):
    """Read the job's dataset as a list of dicts."""
    dataset = job.dataset()
    columns = sorted(dataset.columns)
    return [dict(zip(columns, row)) for row in dataset.iterate(None, columns)]


def write_page(jobs, carriers, routes):
    """Fill the page in, each table with its columns and their titles."""
    mean = {"mean_delay": "mean delay"}
    late = {**mean, "percent_late": "late, %"}
    flights = {"flights": "flights"}
    return PAGE.format(
        **jobs.facts.load(),
        late=LATE,
        carriers=format_table(carriers, {"name": "carrier", **flights, **late}),
        months=format_table(
            jobs.months.load(),
            {"month": "month", **flights, "cancelled": "cancelled", **late},
        ),
        wind=format_bands(jobs.wind, "wind, mph", {**flights, **late}),
        visibility=format_bands(jobs.visibility, "sight, miles", {**flights, **late}),
        rain=format_bands(jobs.rain, "rain, inches an hour", {**flights, **late}),
        routes=format_table(
            routes,
            {
                "origin": "from",
                "dest": "to",
                "airport": "",
                "miles": "miles",
                **flights,
            },
        ),
        knock_on=format_bands(
            jobs.knock_on, "first delay", {"turns": "turns", "mean_delay": "next delay"}
        ),
        fleet=format_table(
            jobs.fleet.load(),
            {"decade": "built in", "aircraft": "aircraft", **flights, **mean},
        ),
    )


def format_bands(job, title, columns):
    """Write a table with a row a band."""
    rows = [
        dict(row, band=format_band(row["from"], row["below"])) for row in job.load()
    ]
    return format_table(rows, {"band": title, **columns})


def draw_carriers(carriers, intervals):
    """Draw a bar a carrier, with the interval that its mean is sure to lie in."""
    bars = [
        (row["name"], row["mean_delay"], *intervals[row["carrier"]]) for row in carriers
    ]
    subtitle = "Mean arrival delay in minutes with 95 % intervals; below zero is early"
    return bar_chart("Who is on time?", subtitle, bars, "minutes")


def draw_hours(hours):
    """Draw a line an airport."""
    subtitle = "Mean departure delay in minutes, by hour of the day"
    return line_chart("Delay grows through the day", subtitle, hours)
