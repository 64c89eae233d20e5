"""From twelve monthly files to a report: `axtui run`, or the key r in the workbench."""

FLIGHT = {
    "year": "int32_10",
    "month": "int32_10",
    "day": "int32_10",
    "sched_dep_time": "int32_10",
    "dep_delay": "int32_10+None",  # None: the flight was cancelled
    "arr_delay": "int32_10+None",
    "carrier": "ascii",
    "flight": "int32_10",
    "tailnum": "ascii+None",
    "origin": "ascii",
    "dest": "ascii",
    "air_time": "int32_10+None",
    "distance": "int32_10",
    "time_hour": "datetime:%Y-%m-%dT%H:%M:%SZ",
}
WEATHER = {
    "origin": "ascii",
    "time_hour": "datetime:%Y-%m-%dT%H:%M:%SZ",
    "wind_speed": "float64+None",
    "visib": "float64+None",
    "precip": "float64+None",
}
AIRLINE = {"carrier": "ascii", "name": "unicode:utf-8"}
AIRPORT = {"faa": "ascii", "name": "unicode:utf-8", "lat": "float64", "lon": "float64"}
PLANE = {"tailnum": "ascii", "year": "int32_10+None", "seats": "int32_10"}


def main(urd):
    """Build everything; what exists already is reused."""
    weather = read(urd, "weather.csv.gz", WEATHER)
    airlines = read(urd, "airlines.csv", AIRLINE)
    airports = read(urd, "airports.csv", AIRPORT)
    planes = read(urd, "planes.csv", PLANE)
    flights = build_year(urd, airlines)
    aircraft = urd.build("by_aircraft", source=flights)
    joined = urd.build("weather_at_departure", flights=flights, weather=weather)
    report = urd.build(
        "report",
        facts=urd.build("facts", source=flights),
        months=urd.build("months", source=flights),
        carriers=urd.build("carrier_delays", source=flights),
        confidence=urd.build("carrier_confidence", source=flights),
        hours=urd.build("hourly_delays", source=flights),
        routes=urd.build("busiest_routes", source=flights, airports=airports),
        wind=weigh(urd, joined, "wind_speed", [5, 10, 15, 20, 25]),
        visibility=weigh(urd, joined, "visib", [1, 3, 10]),
        rain=weigh(urd, joined, "precip", [0.01, 0.1, 0.3]),
        knock_on=urd.build("knock_on", source=aircraft),
        fleet=urd.build("fleet", source=aircraft, planes=planes),
    )
    for name in ("report.md", "carriers.svg", "hours.svg", "answers.json"):
        report.link_result(name)


def build_year(urd, airlines):
    """Read the months and add names. Returns the last one; the others are its chain."""
    imported = named = None
    for month in range(1, 13):
        imported = read(
            urd, f"flights-2013-{month:02}.csv.gz", FLIGHT, previous=imported
        )
        named = urd.build(
            "carrier_names", source=imported, airlines=airlines, previous=named
        )
    return named


def weigh(urd, joined, measure, limits):
    """Put a measure of the weather into bands; the job goes by the measure's name."""
    return urd.build(
        "weather_bands", source=joined, measure=measure, limits=limits, name=measure
    )


def read(urd, filename, types, **inputs):
    """Import a file of the input directory, typed; NA in it stands for no value."""
    return urd.build(
        "csvimport", filename=filename, types=types, none_as=["NA"], **inputs
    )
