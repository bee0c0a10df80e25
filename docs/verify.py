#!/usr/bin/env python3
"""Verifies bundles of draws by Python's own library alone, all but drand's BLS signatures: see VERIFY.md. Then run verify_series.py.
Usage: verify.py FILE... [--anchor HEX]...   Exit: 0 proved, 1 origin not established, 2 something does not follow."""
import collections, datetime as dt, functools, hashlib, hmac, json, sys
AGAIN, sha = "spotcheck back-checks/1", lambda data: hashlib.sha256(data).digest()      # the form of draws of finished visits
mac = lambda key, *fields: hmac.digest(key, "\n".join(("draw/1",) + fields).encode(), "sha256")
ticket = lambda seed, label, name: int.from_bytes(mac(seed, label, name)[:8], "big")
digest, owner = lambda lines: sha("".join(f"{line}\n" for line in lines).encode()).hex(), lambda slot: slot.rpartition("#")[0]
back = lambda link, steps: functools.reduce(lambda link, _: sha(link), range(min(steps, 1 << 18)), link).hex()     # so many links towards the anchor; no chain has more
def tree(leaves):                                           # of RFC 9162
    half = 1 << (len(leaves) - 1).bit_length() - 1 if len(leaves) > 1 else 0
    return sha(b"\1" + tree(leaves[:half]) + tree(leaves[half:])) if half else leaves[0]
head_of = lambda before, entry: sha(bytes.fromhex(before) + sha(entry.encode())).hex()
when, minutes = lambda text: dt.datetime.fromisoformat(text.replace("Z", "+00:00")), lambda span: span // dt.timedelta(minutes=1)
def chances(terms, standings):                              # (age, risk) of every eligible row -> p_visit
    lo, hi, m, c = terms["lo"], terms["hi"], terms["m"], 0
    level, weights = [lo if age < m else hi for age, _ in standings], [risk if age < m else risk * hi // lo for age, risk in standings]
    band = lambda c: [min(hi, max(lo, c * w >> 32)) for w in weights]
    for bit in reversed(range(65)): c += (sum(band(c + (1 << bit))) <= sum(level)) << bit
    return band(c) if any(risk != 1000 for _, risk in standings) else level
def feasible(needs, room):                                  # needs: out of which inspectors, how many different ones
    held = {who: [] for who in room}
    def place(target, seen):
        for who in (who for who in needs[target][0] if who not in seen and target not in held[who]):
            seen.add(who)
            gone = [] if len(held[who]) < room[who] else next(([other] for other in held[who][:] if place(other, seen)), None)
            if gone is not None: held[who] = [other for other in held[who] if other not in gone] + [target]; return True
    return all(place(target, set()) for target, (_, number) in enumerate(needs) for _ in range(number))
def deal(seed, pool, order, slots, bars, each, label="deal"):  # -> hands, overflow, barred from everybody, attempts
    room, kept, attempts = dict(slots), [], []
    clean = {place: {who for who in room if [place, who] not in bars} for place in order}
    nobody = [place for place in order if room and not clean[place]]
    for place in order: kept += [place] * (place not in nobody and feasible([(clean[k], each) for k in kept + [place]], room))
    over, hands = [place for place in order if place not in kept + nobody], {place: [] for place in sorted(kept, key=str.encode)}
    free = [f"{who}#{number + 1}" for who in room for number in range(room[who])]
    for rest in reversed(range(each if kept else 0)):       # rest: hands still to be dealt after this one
        name, may = pool + "/2" * (rest + 1 < each), [clean[place] - set(hands[place]) for place in hands]
        sort = lambda slots, label, text: sorted(slots, key=lambda s: (ticket(seed, label, f"{text} {s}"), s.encode()))
        def fits(dealt, last):                              # no barred pair, and what is left can serve all others
            own = [{owner(slot)} for slot in dealt] + [set()] * (len(hands) - len(dealt))
            left = collections.Counter(owner(slot) for slot in free if slot not in dealt)
            return all(o <= m for o, m in zip(own, may)) and (last and not rest or feasible(
                [(m - o, rest + (not o)) for o, m in zip(own, may)], {who: left[who] for who in room}))
        tries = ((number, sort(free, f"{label} {number}", name)[:len(hands)]) for number in range(1 << 16))
        attempt, dealt = next(((number, dealt) for number, dealt in tries if fits(dealt, True)), (None, []))
        for place in hands if attempt is None else []:      # the fallback
            dealt.append(next(s for s in sort(set(free) - set(dealt), "fallback", f"{name} {place}") if fits(dealt + [s], False)))
        for place, slot in zip(hands, dealt): hands[place].append(owner(slot)); free.remove(slot)
        attempts.append({"pool": name, "attempt": attempt})
    return hands, over, nobody, attempts
def play(terms, seed, rows, draw, length):                  # -> the list and the attempts, as they must be
    u, p, most = {r[0]: ticket(seed, "ticket", r[0]) for r in rows}, {r[0]: r[1] for r in rows}, terms["max_visits"]
    key = {i: (u[i] * ((1 << 32) - p[i]) << 32) // (((1 << 64) - u[i]) * p[i]) if p[i] else (1 << 128) - 1 for i in u}
    order = lambda ids: sorted(ids, key=lambda i: (key[i], u[i], i.encode()))
    hits, hands, attempts = [i for i in u if u[i] < p[i] << 32], {}, []
    number = max(terms["min_visits"], len(hits) if most is None else min(len(hits), most))
    fate = {r[0]: ["call", "ticket"] for r in rows if r[1] << 32 <= u[r[0]] < r[1] + r[2] << 32} | {i: ["call", "overflow"] for i in hits}
    fate |= {i: ["visit", "ticket" if i in hits else "exact"] for i in order(i for i in u if p[i])[:number]}
    for kind, prefix, each in ("visit", "", terms["inspectors_a_visit"]), ("call", "calls/", 1):
        for pool in draw["pools"]:
            mine, bars = [r[0] for r in rows if r[4] == pool["name"] and fate.get(r[0], [0])[0] == kind], [bar[:2] for bar in pool["bars"]]
            dealt, over, nobody, tries = deal(seed, prefix + pool["name"], order(mine), pool[kind + "s"], bars, each)
            fate |= {i: ["call", "overflow"] if kind == "visit" else ["none", fate[i][1]] for i in over} | {i: ["none", fate[i][1]] for i in nobody}
            hands, attempts = hands | dealt, attempts + tries
        for i in [line["id"] for line in draw["drawn"] if line["origin"] == "route" and kind == fate[line["id"]][0] == "visit"]:
            fate[i] = ["call", "route"]; del hands[i]       # what no ticket tells: the inspector's way had no room for it
    return [{"id": i, "kind": kind, "origin": fate[i][1], "ticket": f"{u[i]:016x}", "key": str(key[i]), "minute": ticket(seed, "minute", i) * length >> 64,
             "inspectors": hands.get(i, [])} for kind in ("visit", "call", "none") for i in order(fate) if fate[i][0] == kind], attempts
def beacon_fits(rule, seal, beacon, proof):
    (kind, *parts), later = beacon.split(":"), int(when(seal["draw_at"]).timestamp()) - rule.get("genesis", 0)
    awaited = {"local": "local:", "manual": seal["beacon"], "drand": f"drand:{rule.get('chain')}:{-(-later // rule.get('period', 1)) + 1}:",
               "second": f"second:{rule.get('anchor')}:{seal['t']}:"}[kind]
    return kind == rule["rule"] and beacon.startswith(awaited) and seal["beacon"] == awaited and (kind == "manual" or beacon == beacon.lower()) and {
        "local": lambda: len(bytes.fromhex(parts[0])) == 32, "manual": lambda: len(parts) == 2,
        "drand": lambda: sha(bytes.fromhex(proof)).hex() == parts[2], "second": lambda: back(bytes.fromhex(parts[2]), seal["t"]) == rule["anchor"]}[kind]()
def verify(bundle, check):                                  # -> the seed; check(holds, what) takes note
    log, draw = [json.loads(bound["entry"]) for bound in bundle["log"]], bundle.get("draw")
    terms, seal, over = log[0]["terms"], log[1], bool(draw) and log[-1].get("reason") == "calendar_changed"      # over: overtaken after its draw
    start, end, t, again = when(seal["start"]), when(seal["end"]), seal["t"], bundle["format"] == AGAIN
    name, terms = bundle["window"] + "/back-check" * again, terms | {"min_visits": 0, "max_visits": None, "inspectors_a_visit": 1} if again else terms
    check(all(head_of(b["before"], b["entry"]) == b["head"] for b in bundle["log"]), "a head of the log")
    check([e["kind"] for e in log] == ["programme", "back_check_seal", "back_check_draw"] if again else [e["kind"] for e in log] == ["programme", "seal"] + (["draw"] + ["redeal"] * (len(log) - 3 - over) + ["void"] * over if draw else ["void"]), "entries of the log")
    check(all(e["window"] == name for e in log[1:]) and seal["generation"] == terms["generation"] and
          bundle["window"].split("/")[:2] == [terms["programme"], terms["office"]], "an entry of another window")
    on_time, own_t = terms["draw_at"] != "each" or minutes(start - when(seal["draw_at"])) == terms["lead_minutes"], 1 + minutes(start - when(terms["sealed_at"])) // 30
    check(bundle["format"] in ("spotcheck bundle/1", AGAIN) and t == own_t and on_time, "format, t or time of the draw")
    if not draw: return check(bundle["kind"] == "void", "no draw")
    links, rows = [bytes.fromhex(link) for link in draw["links"]], [row for row in draw["frame"] if isinstance(row, list)]
    check([draw["start"], draw["end"], draw["t"], log[2]["t"]] == [seal["start"], seal["end"], t, t], "times or t")
    check([back(link, t) for link in links] == terms["anchors"], "a link does not lead to its anchor")
    check(beacon_fits(terms["beacon"], seal, draw["beacon"], draw.get("proof")), "the beacon")
    leaf = lambda row: sha(b"\0" + "\n".join(map(str, row[:3] + [row[3]] * (row[3] != ""))).encode())
    root = tree([leaf(row) if isinstance(row, list) else bytes.fromhex(row) for row in draw["frame"]] or [sha(b"")]).hex()
    check([root, len(draw["frame"])] == [seal["root"], seal["places"]] and rows == sorted(rows, key=lambda r: r[0].encode()), "the frame is not the sealed one")
    if bundle["kind"] == "auditor":
        check(digest("\n".join(map(str, (r[0], r[5], r[6], r[7], r[4]))) for r in rows) == seal["details"], "details of the rows")
        check(collections.Counter(r[5] for r in rows if r[5]) == seal["excluded"] and sum(r[1] for r in rows) == seal["sum_p"], "sums of the rows")
        for r, p in [] if again else zip([r for r in rows if r[1]], chances(terms, [r[6:8] for r in rows if r[1]])): check(r[1] == p, f"{r[0]}: p_visit is {r[1]}, not {p}")
        for r in [] if again else rows: check(r[2] in (0, terms["p_call"]) and (r[1] == 0 or r[2] < terms["p_call"]) == (r[5] != ""), f"{r[0]}: p_call or reason")
    for r in rows if again else []: check(0 in r[1:3] and sum(r[1:3]) in {0, seal["share"], min(2 * seal["share"], 1 << 32), 1 << 32}, f"{r[0]}: its chance")
    for what, part in ("bars", "bars"), ("slots", "visits"), ("call_slots", "calls"): check(digest(f"{pool['name']}\n{x[0]}\n{x[1]}" for pool in draw["pools"] for x in pool[part]) == seal[what], what)
    seed = mac(links[0] if len(links) == 1 else sha(b"".join(links)), "seed", name, root, draw["beacon"])
    own, attempts = play(terms, seed, rows, draw, minutes(end - start))
    for shown, line in zip(draw["drawn"], own): check(shown == line, f"line {shown['id']}: computed {line}")
    check(len(own) == len(draw["drawn"]) and attempts == draw["deals"] and digest(draw["announced"]) == seal["announced"], "lines, attempts or announced")
    check(mac(seed, "list", *(f"{x['kind']} {x['id']} {' '.join(x['inspectors'])}" for x in draw["drawn"])).hex() == log[2]["list"], "hash of the list"); return seed
def main(arguments):
    anchors, bad, shown, origin = [arguments[n + 1] for n, argument in enumerate(arguments) if argument == "--anchor"], [], {}, True
    for file in [argument for argument in arguments if argument != "--anchor" and argument not in anchors]:
        for number, line in enumerate(open(file, encoding="utf-8"), 1):
            bundle, count = json.loads(line), len(bad)
            check = lambda holds, what: holds or bad.append(f"{file} line {number}, {bundle.get('window')}: {what}")
            try: verify(bundle, check)
            except (ArithmeticError, AttributeError, LookupError, StopIteration, TypeError, ValueError) as error: check(False, f"unreadable: {error!r}")
            story = [bundle["log"]] + [bundle.get("draw", {}).get(part) for part in ("links", "beacon")]
            if len(bad) == count: check(shown.setdefault((bundle["format"], bundle["window"]), story) == story, "EQUIVOCATION")
            origin &= set(json.loads(bundle["log"][0]["entry"])["terms"]["anchors"]) <= set(anchors)
    print("\n".join(bad + [f"{sum(form != AGAIN for form, _ in shown)} windows follow{', back-checks too' * any(form == AGAIN for form, _ in shown)}; origin {'established by the anchor' if origin else 'NOT established: give --anchor'}"]))
    return 2 if bad or not shown else int(not origin)
if __name__ == "__main__": sys.exit(main(sys.argv[1:]))
