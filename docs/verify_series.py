#!/usr/bin/env python3
"""Tells whether a log holds a seal or a void for every window of the sealed rules, and whether every revealed window has its bundle.
Usage: verify_series.py LOG BUNDLES...   Exit: 0 complete, 2 something is missing. What the bundles say is verify.py's to check."""
import collections, datetime as dt, json, sys, zoneinfo
from verify import when
NAMES = {name: n for text, first in (("mon tue wed thu fri sat sun", 0), ("jan feb mar apr may jun jul aug sep oct nov dec", 1))
         for n, name in enumerate(text.split(), first)}
def field(text, low, high):                                 # of a cron rule -> the values that it names
    values, number = set(), lambda text: NAMES.get(text[:3].lower()) if text[0].isalpha() else int(text)
    for span, _, step in (part.partition("/") for part in text.split(",")):
        ends = [low, high] if span in "*?" else [number(end) for end in span.split("-")]
        values |= set(range(ends[0], (high if step and len(ends) == 1 else ends[-1]) + 1, int(step or 1)))
    return values
def windows(terms, calendar, day):                          # the windows that the sealed rules make on a day: id, start, end
    makeup = day.isoformat() in calendar["makeups"]
    worked, weekdays = makeup or day.weekday() < 5 and day.isoformat() not in calendar["holidays"], {day.weekday()} | set(range(5 * makeup))
    for slot, rule, length in terms["windows"] if worked else []:
        minute, hour, days, months, names = rule.split()
        start = dt.datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=zoneinfo.ZoneInfo(terms["zone"])).astimezone(dt.timezone.utc)
        if day.day in field(days, 1, 31) and day.month in field(months, 1, 12) and weekdays & field(names, 0, 6):
            yield f"{terms['programme']}/{terms['office']}/{day}/{slot}", start, start + dt.timedelta(minutes=length)
def history(log, shown, check):                             # what a log tells, against the rules; shown: the windows of the bundles
    now, told, days, public = {}, collections.defaultdict(list), collections.defaultdict(dict), {}
    for e in log:
        if e["kind"] == "programme": now[e["terms"]["programme"]] = [e["terms"], e["terms"]["calendar"]]; days[e["terms"]["programme"]].setdefault(
            when(e["terms"]["sealed_at"]).astimezone(zoneinfo.ZoneInfo(e["terms"]["zone"])).date(), None)
        elif e["kind"] == "calendar": now = {name: [terms, e["calendar"]] for name, (terms, _) in now.items()}
        elif e["kind"] == "reveal": public[e["programme"], e["generation"]] = e["t"]
        elif e["kind"] in ("seal", "draw", "void"):
            told[e["window"]].append(e); name, _, day, _ = e["window"].split("/"); days[name].setdefault(dt.date.fromisoformat(day), now[name])
    for name, known in days.items():
        for n in range(1, (max(known) - min(known)).days + 1):
            day = min(known) + dt.timedelta(n)
            for window, start, end in windows(*known[min(d for d in known if d >= day)], day):
                entries = told[window]; kinds = " ".join(e["kind"] for e in entries); seal = entries[0] if kinds.startswith("seal") else None
                check(kinds in ("seal", "seal draw", "seal void", "void"), f"{window}: MISSING, or told twice ({kinds or 'nothing'})")
                check(not seal or [when(seal["start"]), when(seal["end"])] == [start, end], f"{window}: times differ from the rules")
                due = kinds == "seal draw" and seal["t"] <= public.get((name, seal["generation"]), 0)
                check(not due or window in shown, f"{window}: MISSING, drawn and revealed but no bundle follows")
def main(log, *bundles):
    bad, shown = [], {json.loads(line)["window"] for file in bundles for line in open(file, encoding="utf-8")}
    entries = [json.loads(json.loads(line)["entry"]) for line in open(log, encoding="utf-8")]
    history(entries, shown, lambda holds, what: holds or bad.append(what))
    print("\n".join(bad) or "Every window of the sealed rules is told of.")
    return 2 * bool(bad)
if __name__ == "__main__": sys.exit(main(*sys.argv[1:]))
