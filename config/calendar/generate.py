#!/usr/bin/env python3
"""Writes a year's calendar from two independent sources, and refuses where they differ.

    pip download --no-deps chinesecalendar==1.11.0 && unzip chinesecalendar-*.whl -d chinesecalendar
    npm pack chinese-days@1.5.7 && tar xzf chinese-days-1.5.7.tgz
    ./generate.py 2026 chinesecalendar package > cn-2026.csv

Both packages are under the MIT licence; what is taken from them are the dates that the State Council
published. Both must agree on the kind of every day of the year.
"""
import csv
import datetime
import importlib
import json
import pathlib
import sys

SOURCE = "chinesecalendar 1.11.0 + chinese-days 1.5.7"


def from_chinesecalendar(folder, year):
    sys.path.insert(0, folder)
    constants = importlib.import_module("chinese_calendar.constants")
    of_year = lambda days: {day for day in days if day.year == year}
    return of_year(constants.holidays), of_year(constants.workdays)


def from_chinese_days(folder, year):
    data = json.loads((pathlib.Path(folder) / "dist" / "years" / f"{year}.json").read_text(encoding="utf-8"))
    days = lambda part: {datetime.date.fromisoformat(day): text.split(",")[1] for day, text in data[part].items()}
    return days("holidays"), days("workdays")


def main():
    year, one, two = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    holidays, makeup = from_chinesecalendar(one, year)
    if not holidays:
        sys.exit(f"{year} is not published")
    named_holidays, named_makeup = from_chinese_days(two, year)
    for what, here, there in (("holidays", holidays, named_holidays), ("make-up days", makeup, named_makeup)):
        if here != set(there):
            sys.exit(f"the sources differ on {what}: {sorted(map(str, here ^ set(there)))}")
    rows = [(day, "holiday", name) for day, name in named_holidays.items()]
    rows += [(day, "makeup", name) for day, name in named_makeup.items()]
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(("date", "kind", "name", "source"))
    for day, kind, name in sorted(rows):
        out.writerow((day.isoformat(), kind, name, SOURCE))


if __name__ == "__main__":
    main()
