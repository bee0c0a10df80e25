#!/usr/bin/env python3
"""Verifies what binds windows together: the chain of the log, what was dealt again, and that no window of the sealed rules is missing.
Usage: verify_series.py LOG BUNDLES...   Exit: 0 whole, 2 something is missing or does not follow. Run verify.py on the bundles too."""
import collections, datetime as dt, json, sys, zoneinfo
from verify import AGAIN, deal, head_of, mac, verify, when
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
        elif e["kind"] == "reveal": public[e["programme"], e["generation"]] = max(e["t"], public.get((e["programme"], e["generation"]), 0))
        elif e["kind"] in ("seal", "draw", "void"):
            told[e["window"]].append(e); name, _, day, _ = e["window"].split("/"); days[name].setdefault(dt.date.fromisoformat(day), now[name])
    for name, known in days.items():
        for n in range(1, (max(known) - min(known)).days + 1):
            day = min(known) + dt.timedelta(n)
            for window, start, end in windows(*known[min(d for d in known if d >= day)], day):
                entries = told[window]; kinds = " ".join(e["kind"] for e in entries); seal = entries[0] if kinds.startswith("seal") else None
                check(kinds in ("seal", "seal draw", "seal void", "void") or kinds == "seal draw void" and entries[2]["reason"] == "calendar_changed", f"{window}: MISSING, or told twice ({kinds or 'nothing'})")
                check(not seal or [when(seal["start"]), when(seal["end"])] == [start, end], f"{window}: times differ from the rules")
                due = kinds.startswith("seal draw") and seal["t"] <= public.get((name, seal["generation"]), 0)
                check(not due or window in shown, f"{window}: MISSING, drawn and revealed but no bundle follows")
    for name, seal in [(e["window"], e) for e in log if e["kind"] == "back_check_seal"]:      # finished visits that were drawn again with a window
        window, again = name.rpartition("/")[0], sum(e["kind"] == "back_check_draw" and e["window"] == name for e in log)
        drawn, due = "draw" in [e["kind"] for e in told[window]], seal["t"] <= public.get((window.split("/")[0], seal["generation"]), 0)
        check(again == drawn and told[window] and seal["t"] == told[window][0].get("t"), f"{name}: MISSING, drawn twice, or sealed without its window")
        check(not drawn or not due or name in shown, f"{name}: MISSING, drawn and revealed but no bundle follows")
def dealt_again(bundle, seed, check):                       # lines of those who fell out go to free slots, everybody else's stay
    draw, gone = bundle["draw"], []
    lines, pool_of = [dict(line) for line in draw["drawn"]], {row[0]: row[4] for row in draw["frame"] if isinstance(row, list)}
    logged = [e for e in (json.loads(bound["entry"]) for bound in bundle["log"][3:]) if e["kind"] == "redeal"]
    check([entry["round"] for entry in logged] == [redeal["round"] for redeal in draw["redeals"]] == list(range(1, len(logged) + 1)), "rounds")
    for redeal, entry in zip(draw["redeals"], logged):
        gone, attempts, before = gone + redeal["out"], [], [[x["id"], x["kind"], x["inspectors"]] for x in lines]
        for kind, prefix, pool in [("visit", "", pool) for pool in draw["pools"]] + [("call", "calls/", pool) for pool in draw["pools"]]:
            mine = [x for x in lines if x["kind"] == kind and pool_of[x["id"]] == pool["name"]]
            lost, taken = [x for x in mine if set(x["inspectors"]) & set(gone) and x["id"] not in redeal.get("done", [])], [who for x in mine for who in x["inspectors"]]
            slots = [(who, max(0, number - taken.count(who))) for who, number in pool[kind + "s"] if who not in gone]
            bars = [bar[:2] for bar in pool["bars"]] + [[x["id"], who] for x in lost for who in x["inspectors"]]
            hands, _, _, tries = deal(seed, prefix + pool["name"], [x["id"] for x in lost], slots, bars, 1, f"deal again {entry['round']}")
            attempts += tries
            for x in lost:
                next_one = iter(hands.get(x["id"], []))         # one for a place, though both fell out
                new = [next(next_one, None) if who in gone else who for who in x["inspectors"]]
                x["inspectors"] = [who for who in new if who]
                x["kind"] = kind if x["inspectors"] else "none"
        order = {id(x): n for n, x in enumerate(sorted(lines, key=lambda x: (int(x["key"]), x["ticket"], x["id"].encode())))}
        lines.sort(key=lambda x: (("visit", "call", "none").index(x["kind"]), order[id(x)]))
        after = [[x["id"], x["kind"], x["inspectors"]] for x in lines]
        check([attempts, [line for line in after if line not in before]] == [redeal["deals"], redeal["lines"]], "what was dealt again")
        check(mac(seed, "list", *(f"{kind} {place} {' '.join(who)}" for place, kind, who in after)).hex() == entry["list"], "hash of the new list")
def main(log, *bundles):
    bad, shown, entries, heads, before = [], set(), [], set(), "0" * 64
    check = lambda holds, what: holds or bad.append(what)
    for number, line in enumerate(map(json.loads, open(log, encoding="utf-8")), 1):
        check(line["seq"] == number and head_of(before, line["entry"]) == line["head"], f"the chain of the log breaks at entry {number}")
        entries, before = entries + [json.loads(line["entry"])], line["head"]
        heads.add(before)
    for bundle in (json.loads(line) for file in bundles for line in open(file, encoding="utf-8")):
        named = lambda holds, what: check(holds, f"{bundle['window']}: {what}")
        shown.add(bundle["window"] + "/back-check" * (bundle["format"] == AGAIN))
        named({bound["head"] for bound in bundle["log"]} <= heads, "its entries do not stand in the log")
        if "draw" in bundle and bundle["draw"]["redeals"]: dealt_again(bundle, verify(bundle, named), named)
    history(entries, shown, check)
    print("\n".join(bad) or f"The log of {len(entries)} entries tells of every window of the sealed rules; {len(shown)} bundles stand in it.")
    return 2 * bool(bad)
if __name__ == "__main__": sys.exit(main(*sys.argv[1:]))
