#!/usr/bin/env python3
# Distributed under the Boost Software License, Version 1.0. See LICENSE.
"""The tables of docs/performance.md out of what tests/bench/run has measured.

    tables.py RESULTS.jsonl... [--into FILE]

Prints all tables, or writes them into FILE, each between the lines <!-- table: NAME --> and <!-- end -->.
"""
import argparse
import json
import os
import statistics
import sys

SIZES = (100, 1000, 10000)
PARSER_BARS = {"64 KiB": {"tokens": 150, "small": 180, "large": 75, "multi": 120, "emoji": 60},
               "1460 B": {"tokens": 128, "small": 153, "large": 45, "multi": 102, "emoji": 60}}


class Results:
    """The measured rows, each with the program and the compiler that it is of."""

    def __init__(self, paths):
        self.rows = []
        for path in paths:
            with open(path) as f:
                self.rows += [json.loads(line) for line in f if line.strip()]
        self.compilers = list(dict.fromkeys(r["compiler"] for r in self.rows if "compiler" in r))

    def all(self, **wanted):
        return [r for r in self.rows if all(r.get(k) == v for k, v in wanted.items())]

    def one(self, key, **wanted):
        found = self.all(**wanted)
        return found[-1].get(key) if found else None

    def runs(self, server, scenario, key, program="server"):
        """One value for each repetition of a server scenario; None for those that failed."""
        return [r.get(key) for r in self.all(program=program, server=server, scenario=scenario)]

    def median(self, server, scenario, key, program="server"):
        values = [v for v in self.runs(server, scenario, key, program) if v is not None]
        return statistics.median(values) if values else None

    def ratio(self, scenario, key, server="asio_sse", base="epoll_floor", program="server"):
        """The median of the ratios of each repetition."""
        pairs = zip(self.runs(server, scenario, key, program), self.runs(base, scenario, key, program))
        values = [a / b for a, b in pairs if a is not None and b]
        return statistics.median(values) if values else None


def number(value, digits=3):
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def ratio(value):
    return "" if value is None else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def percent(value):
    return "" if value is None else f"{value:.0f} %"


def percent_of(value):
    return f"{value:.1f} %" if value else ""


def table(head, rows, text_columns=1):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * text_columns + "---:|" * (len(head) - text_columns)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def conditions(r):
    runs = r.all(program="run")
    if not runs:
        return ""
    x = runs[-1]
    rough = ", in short rounds (`--quick`), so roughly" if x["quick"] else ""
    return (f"Measured on {x['date']}{rough}: {x['cores']} processors ({x['processor']}), load {x['load']} from other work when it began, "
            f"compilers {' and '.join(r.compilers)} at -O2; {'one run' if x['runs'] == 1 else 'median of %d runs' % x['runs']} of each "
            "server scenario. That was the last run; parts that it left out are of earlier ones.")


def parser(r, pieces):
    rows = []
    for name, bar in PARSER_BARS[pieces].items():
        of = lambda key, c: r.one(key, program="sse_parser_bench", compiler=c, workload=name, pieces=pieces)
        rows.append([name, *(percent(of("of memchr %", c)) for c in r.compilers), f"{bar} %",
                     *(percent(of("of scan %", c)) for c in r.compilers),
                     *(percent(of("passing %", c)) for c in r.compilers),
                     *(number(r.one(pieces, program="parser_work", compiler=c, workload=name), 5) for c in r.compilers)])
    named = lambda what: [f"{c} {what}" for c in r.compilers]
    return table([pieces + " pieces", *named("of memchr"), "bar", *named("of the scan alone"), *named("passing UTF-8"),
                  *named("instructions an event")], rows)


def serializer(r):
    keys = dict.fromkeys((x["workload"], x["sink"]) for x in r.all(program="sse_serializer_bench"))
    rows = [[workload, sink, *(percent(r.one("of reference %", program="sse_serializer_bench", compiler=c,
                                             workload=workload, sink=sink)) for c in r.compilers)]
            for workload, sink in keys]
    return table(["data", "sink", *r.compilers], rows, 2)


def client(r):
    rows = r.all(program="sse_client_bench")
    return table(["event", "form", "CPU of the drain's", "M events/s", "MB/s", "allocations an event"],
                 [[x["event"], x["form"], ratio(x["of drain"]), number(x["Mevents/s"]), number(x["MB/s"]),
                   number(x["allocs/event"], 2)] for x in rows], 2)


def peers(r):
    """Servers: CPU of the floor's, ours as measured now, the others as published."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers.json")) as f:
        others = json.load(f)["peers"]
    ours = {"name": "**asio-sse**", "kib": r.median("asio_sse", "idle-10000", "mem_kib"),
            "connect": r.ratio("connect-rate", "cpu_us"), "single": r.ratio("single-64", "cpu_us")}
    for phase in ("serial", "burst"):
        ours[phase] = [r.ratio(f"fanout-{n}-{phase}", "cpu_us") for n in SIZES]
    rows = [[p["name"], *(ratio(x) for x in p["serial"]), *(ratio(x) for x in p["burst"]), ratio(p["connect"]),
             ratio(p["single"]), ratio(p["kib"])] for p in [ours] + others]
    head = [f"{phase}, {n:,}" for phase in ("serial", "burst") for n in SIZES]
    return table(["CPU of the floor's", *head, "connect", "single, 64 B", "KiB a connection"], rows)


def server(r):
    """What we and the floor take, with the bars."""
    rows = []

    def row(what, scenario, key, bar, program="server", mine="asio_sse", base="epoll_floor"):
        values = [r.median(mine, scenario, key, program), r.median(base, scenario, key, program)]
        if None not in values:
            runs = [a / b for a, b in zip(r.runs(mine, scenario, key, program), r.runs(base, scenario, key, program))
                    if a is not None and b]
            rows.append([what, *map(number, values), ratio(r.ratio(scenario, key, mine, base, program)),
                         f"{ratio(min(runs))} to {ratio(max(runs))}" if runs else "", bar])

    for phase in ("serial", "burst"):
        for n in SIZES:
            row(f"{phase}, {n:,} subscribers: us an event", f"fanout-{n}-{phase}", "cpu_us", "1.10")
    for n in SIZES:
        row(f"fixed rate, {n:,} subscribers: p99, us", f"fanout-{n}-rate", "p99_us", "1.20")
    row("connect: us", "connect-rate", "cpu_us", "1.15")
    row("single stream, 64 B: us an event", "single-64", "cpu_us", "2.00")
    row("single stream, 1 KiB: us an event", "single-1024", "cpu_us", "1.30")
    row("10 of 100 stalled: us an event", "slow-10of100", "cpu_us", "")
    row("10 of 100 stalled: growth, MiB", "slow-10of100", "pss_growth_mib", "")
    for phase in ("serial", "burst"):
        for n in SIZES:
            row(f"two threads instead of one, {phase}, {n:,}: us an event", f"fanout-{n}-{phase}", "cpu_us", "1.15",
                "threads", "asio_sse_2_threads", "asio_sse")
    return table(["", "asio-sse", "floor", "ratio", "runs", "bar"], rows)


def section(r, name, columns, program="sse_fanout_bench"):
    """One section of a program with several: `columns` maps keys of its rows to headings."""
    rows = [[number(x.get(key), 4) for key in columns] for x in r.all(program=program, measured=name)]
    return table(list(columns.values()), rows)


def work(r):
    rows = r.all(program="fanout_work")
    return table(["readers", *(f"{c}, {n} a turn" for c in r.compilers for n in ("one event", "64 events"))],
                 [[n, *(number(r.one(key, program="fanout_work", compiler=c, readers=n), 4)
                        for c in r.compilers for key in ("1", "64"))] for n in dict.fromkeys(x["readers"] for x in rows)])


def posts(r):
    rows = r.all(program="post_work")
    return table(["requests at once", *(f"{c}, head {form}" for c in r.compilers for form in ("repeated", "changing"))],
                 [[n, *(number(r.one(form, program="post_work", compiler=c, requests=n), 4)
                        for c in r.compilers for form in ("repeated", "changing"))] for n in dict.fromkeys(x["requests"] for x in rows)])


def joins(r):
    rows = r.all(program="joining_work")
    return table(["others", *(f"{c}, {what}" for c in r.compilers for what in ("come and go", "take on and off"))],
                 [[n, *(number(r.one(key, program="joining_work", compiler=c, others=n), 6)
                        for c in r.compilers for key in ("stream", "topic"))] for n in dict.fromkeys(x["others"] for x in rows)])


def compiling(r):
    headers = dict.fromkeys((x["header"], x["bar"]) for x in r.all(program="compile") if "header" in x)
    head = ["", *(f"{c}{what}" for c in r.compilers for what in (", s", ", what it needs", ", ratio")), "bar"]
    rows = []
    for header, bar in headers:
        of = lambda key, c: r.one(key, program="compile", compiler=c, header=header)
        seconds = lambda key, c: "" if of(key, c) is None else f"{of(key, c) / 1000:.2f}"
        rows.append([f"`{header}`", *(cell for c in r.compilers
                                      for cell in (seconds("ms", c), seconds("needed ms", c), ratio(of("ratio", c)))), bar])
    for size in dict.fromkeys(x["size"] for x in r.all(program="compile") if "size" in x):
        of = lambda c: r.one("KiB", program="compile", compiler=c, size=size)
        rows.append([size, *(cell for c in r.compilers for cell in (f"{of(c)} KiB" if of(c) else "", "", "")), ""])
    return table(head, rows)


def profile(r):
    """Shares of the samples of each server, and of the functions that take most of ours."""
    servers = dict.fromkeys(x["server"] for x in r.all(program="profile"))

    def share(server, **wanted):
        return sum(x["share"] for x in r.all(program="profile", server=server, **wanted))

    own = [x for x in r.all(program="profile", server="now", level=".") if x["object"] == "sse_bench_server"]
    rows = [["the kernel", *(percent_of(share(s, level="k")) for s in servers)],
            ["all else", *(percent_of(share(s, level=".")) for s in servers)]]
    for x in own[:8]:
        rows.append([f"`{x['function']}`", *(percent_of(share(s, function=x["function"])) for s in servers)])
    return table(["serial, 1,000 subscribers", *servers], rows)


def goals(r):
    """What was aimed at, and the worst of what was measured for it. The first compiler counts."""
    rows = []
    compiler = r.compilers[0] if r.compilers else ""

    def goal(what, bar, values, most=True, form=ratio):
        values = [v for v in values if v is not None]
        if not values:
            return
        worst = max(values) if most else min(values)
        met = worst <= bar if most else worst >= bar
        rows.append([what, f"{'at most' if most else 'at least'} {form(bar)}", form(worst), "yes" if met else "no"])

    def of(program, key, **wanted):
        return [x[key] for x in r.all(program=program, **wanted) if key in x]

    def grown(name):
        """Our growth by the floor's."""
        return [x["growth"] / x["floor growth"] for x in r.all(program="sse_fanout_bench", measured=name)]

    for pieces, bars in PARSER_BARS.items():
        for workload, bar in bars.items():
            goal(f"parser, {workload} in pieces of {pieces}, of memchr", bar,
                 of("sse_parser_bench", "of memchr %", compiler=compiler, workload=workload, pieces=pieces), False, percent)
    for size in ("150 B", "1 KiB"):
        goal(f"serializer, {size}, of two memchr and a copy", 80,
             of("sse_serializer_bench", "of reference %", compiler=compiler, workload=size, sink="std::string"), False, percent)
    for phase in ("serial", "burst"):
        for n in SIZES:
            goal(f"fan-out, {phase}, {n:,} subscribers, of the floor", 1.1, [r.ratio(f"fanout-{n}-{phase}", "cpu_us")])
    goal("p99 at a fixed rate, of the floor's", 1.2, [r.ratio(f"fanout-{n}-rate", "p99_us") for n in SIZES])
    goal("two threads, of one", 1.15, [r.ratio(f"fanout-{n}-{phase}", "cpu_us", "asio_sse_2_threads", "asio_sse", "threads")
                                       for n in SIZES for phase in ("serial", "burst")])
    goal("publishing inside of a handler, of outside", 1.05, of("sse_fanout_bench", "ratio", measured="handler"))
    goal("idle connection with 10,000, KiB", 0.4, [r.median("asio_sse", "idle-10000", "mem_kib")])
    goal("connect, of the floor", 1.15, [r.ratio("connect-rate", "cpu_us")])
    goal("single stream, 64 B, of the floor", 2, [r.ratio("single-64", "cpu_us")])
    goal("single stream, 1 KiB, of the floor", 1.3, [r.ratio("single-1024", "cpu_us")])
    goal("p99 beside stalled readers, of without", 1.3, of("sse_fanout_bench", "p99 ratio", measured="stalled"))
    for form, bar in (("batch", 1.15), ("owning", 1.5)):
        for how, what in (("", "arrived"), (" live", "live"), (" paced", "paced")):
            events = [f"{size} B{how}" for size in (150, 1024, 16384)]
            goal(f"client, {form}, 150 B and more, {what}, of a plain drain", bar,
                 [x["of drain"] for x in r.all(program="sse_client_bench") if x["form"] == form and x["event"] in events])
    goal("TLS fan-out, of the floor", 1.15, of("sse_tls_bench", "of floor"))
    for header, bar in dict.fromkeys((x["header"], x["bar"]) for x in r.all(program="compile") if "header" in x):
        goal(f"compile time of `{header}`, of what it needs", bar, of("compile", "ratio", header=header))
    goal("growth over topics, of the floor's", 1.1, grown("topics"))
    goal("growth over topics that one stream reads, of the floor's", 1.1, grown("pattern"))
    goal("growth over subscribers, of the floor's", 1.1, grown("fan-out"))
    goal("growth of coming, going, taking on and off, to 10,000", 1.2,
         of("sse_fanout_bench", "growth", measured="joining") + of("sse_fanout_bench", "its growth", measured="joining"))
    goal("instructions of coming, going, taking on and off with 10,000 others, of those with one", 1.02,
         [r.one(key, program="joining_work", compiler=c, others=10000) / r.one(key, program="joining_work", compiler=c, others=1)
          for c in r.compilers for key in ("stream", "topic")
          if r.one(key, program="joining_work", compiler=c, others=1)], form=lambda x: f"{x:.3f}")
    for topics, what in (("1", "to one topic"), ("10000", "to 10,000 topics in turn")):
        goal(f"publishing {what} where nobody reads, beyond a copy, ns", 200,
             of("sse_fanout_bench", "beyond ns", measured="unread", topics=topics), form=number)
    return table(["", "aim", "measured", "met"], rows)


def past(r):
    """Arithmetic from what was measured with 10,000 streams in one process."""
    fan = {int(x["a turn"]): x["ns"] / 1e9 for x in r.all(program="sse_fanout_bench", measured="fan-out", readers="10000")}
    memory = r.all(program="sse_fanout_bench", measured="memory", streams="10000")
    connect = r.median("asio_sse", "connect-rate", "cpu_us")
    size = r.median("asio_sse", "fanout-1000-serial", "bytes_per_event")
    if not fan or not memory:
        return "Not measured: 10,000 streams need as many descriptors."
    user, kernel = memory[-1]["user KiB"], memory[-1]["slab KiB an end"]
    a_gib = 1024 * 1024 / (user + kernel)
    serial, joined = fan[1], fan[64]
    headers = 66  # Ethernet, IP and TCP with time stamps
    per_process = 200_000
    rows = [["connections a GiB of memory (measured: %.2f KiB of the process, %.2f of the kernel)" % (user, kernel),
             f"{a_gib:,.0f}", ""],
            ["deliveries a second and core, one at a time", f"{1 / serial:,.0f}", ""],
            ["deliveries a second and core, 64 joined", f"{1 / joined:,.0f}", ""]]
    if connect:
        rows.append(["new streams a second and core", f"{1e6 / connect:,.0f}", ""])
    one, ten = 1_000_000, 10_000_000

    def both(what, f, form="{:,.0f}"):
        rows.append([what, form.format(f(one)), form.format(f(ten))])

    rows.append(["**for so many subscribers**", "**1 million**", "**10 million**"])
    both("memory, GiB", lambda n: n / a_gib, "{:,.1f}")
    both("cores for one event a second to everybody", lambda n: n * serial, "{:,.1f}")
    both("cores for 64 events a second to everybody, joined in one turn", lambda n: n * 64 * joined, "{:,.1f}")
    both("cores for a heartbeat each 15 s", lambda n: n * serial / 15, "{:,.1f}")
    if connect:
        both("core-seconds for all to come back", lambda n: n * connect / 1e6)
    if size:
        both(f"Gbit/s for one event of {size:.0f} B a second", lambda n: n * (size + headers) * 8 / 1e9, "{:,.1f}")
    both(f"processes of {per_process:,} streams", lambda n: n / per_process)
    both("descriptors", lambda n: n)
    both("addresses of a balancer, at 28,232 ports to each process and address",
         lambda n: -(-per_process // 28_232), "{:,.0f}")
    return table(["calculated from measured values", "", ""], rows)


def tables(r):
    growth = {"ns": "ns", "floor ns": "floor ns", "of floor": "ratio", "growth": "growth", "floor growth": "floor's growth"}
    return {
        "conditions": conditions(r),
        "goals": goals(r),
        "parser": parser(r, "64 KiB"),
        "parser-pieces": parser(r, "1460 B"),
        "serializer": serializer(r),
        "client": client(r),
        "peers": peers(r),
        "server": server(r),
        "profile": profile(r),
        "instructions": work(r),
        "posts": posts(r),
        "joins": joins(r),
        "fan-out": section(r, "fan-out", {"readers": "readers", "a turn": "events a turn", **growth}),
        "topics": section(r, "topics", {"topics": "topics", **growth}),
        "pattern": section(r, "pattern", {"topics": "topics", **growth}),
        "unread": section(r, "unread", {"topics": "topics", "data B": "data, B", "ns": "ns", "copy ns": "the copy, ns",
                                        "beyond ns": "beyond, ns", "growth": "growth"}),
        "joining": section(r, "joining", {"others": "others", "come+go ns": "come and go, ns", "growth": "growth",
                                          "on+off ns": "take on and off, ns", "its growth": "growth"}),
        "handler": section(r, "handler", {"requests": "requests at once", "inside ns": "inside, ns a delivery",
                                          "outside ns": "outside", "ratio": "ratio"}),
        "stalled": section(r, "stalled", {"stalled": "stalled", "events": "events", "p50 us": "p50, us",
                                          "p99 us": "p99, us", "max us": "max, us", "p99 ratio": "p99 ratio"}),
        "memory": section(r, "memory", {"streams": "streams", "user KiB": "process, KiB a stream",
                                        "slab KiB an end": "kernel's slab, KiB an end"}),
        "tls": section(r, "tls", {"readers": "readers", "data B": "data, B", "a turn": "events a turn", "ns": "ns",
                                  "floor ns": "floor ns", "of floor": "ratio"}, "sse_tls_bench"),
        "compile": compiling(r),
        "past": past(r),
    }


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def merged(old, new):
    """The rows of `new`, and those of `old` for which nothing was measured; by the first cell."""
    rows = {cells(line)[0]: cells(line) for line in old.splitlines()[2:]}
    for row in map(cells, new.splitlines()[2:]):
        before = rows.get(row[0], row)
        rows[row[0]] = [now or then for now, then in zip(row, before)]
    head = new.splitlines()[:2]
    return "\n".join(head + ["| " + " | ".join(row) + " |" for row in rows.values()])


def write_into(path, made):
    """Tables of parts that were not measured stay as they are."""
    with open(path) as f:
        text = f.read()
    for name, new in made.items():
        begin, end = f"<!-- table: {name} -->", "\n<!-- end -->"
        at = text.find(begin)
        if at < 0:
            sys.exit(f"{path} has no place for the table {name}")
        at += len(begin)
        stop = text.index(end, at)
        old = text[at:stop].strip("\n")
        if name in ("goals", "peers", "server"):
            new = merged(old, new)
        elif name != "conditions" and (len(new.splitlines()) < 3 or len(cells(new.splitlines()[0])) < 2):
            new = old
        text = text[:at] + "\n" + new + text[stop:]
    with open(path, "w") as f:
        f.write(text)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("results", nargs="+", help="JSON lines, as run leaves them in build/bench/results.jsonl")
    arguments.add_argument("--into", help="a file with places for the tables")
    options = arguments.parse_args()
    made = tables(Results(options.results))
    if options.into:
        return write_into(options.into, made)
    for name, text in made.items():
        print(f"## {name}\n\n{text}\n")


if __name__ == "__main__":
    main()
