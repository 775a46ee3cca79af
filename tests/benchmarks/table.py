"""The results as a page of Markdown: medians, and how many times vpce-probe's they are."""

from datetime import datetime, timezone
from statistics import median

from candidates import BY_KEY, CANDIDATES
from works import ZONES

OWN = "vpce-probe"
RIVAL = "curl"
NOT_THE_SAME = (
    "What is not the same work: curl also asks each server for a page, which it cannot leave out and which takes one "
    "more round trip. vpce-probe also looks for IPv6 addresses, and finds out where it runs. Both "
    "addresses of a name show the same certificate, which vpce-probe judges once. The peak memory is that of the "
    "largest process, where there are several.")
COLUMNS = {"wall_ms": "ms", "cpu_ms": "ms", "rss_mib": "MiB"}


def page(results):
    parts = [head(results), glance(results), proofs(results)]
    parts += [comparison(work, results["missing"]) for work in results["works"]]
    parts += [growth(results), others(results), budgets(results)]
    return "\n\n".join(part for part in parts if part) + "\n"


def head(results):
    machine = results["machine"]
    today = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    return (f"Measured on {today} by `tests/benchmark`: medians of {results['rounds']} rounds, on {machine['cores']} "
            f"cores of {machine['processor']} with {machine['memory_gib']} GiB and Linux {machine['kernel']}. "
            f"Meanwhile other processes took {results['others_percent']:.0f} % of them.\n\n"
            f"Versions: {', '.join(results['versions'])}.\n\n{NOT_THE_SAME}")


def row(*cells):
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def table(header, rows):
    right = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join([row(*header), row(*right), *(row(*cells) for cells in rows)])


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def medians(runs):
    """Nothing where it did not do its work each time: that would be the time of something else."""
    if not runs or not all(taken["well"] for taken in runs):
        return None
    return {column: median(taken[column] for taken in runs) for column in COLUMNS}


def glance(results):
    """One line for each candidate."""
    rows = []
    for candidate in CANDIDATES:
        if candidate.key in results["missing"]:
            why = f"missing: {results['missing'][candidate.key]}"
            rows.append((candidate.title, why, *[""] * len(results["works"])))
            continue
        runs = [work["runs"].get(candidate.key) for work in results["works"]]
        taken = [medians(of_work) for of_work in runs]
        if any(runs):
            rows.append((candidate.title, {1: "one", ZONES: "all"}[candidate.addresses_each],
                         *(in_short(one) if one else "failed" for one in taken)))
    header = ("wall / CPU / peak memory", "addresses of a name", *(work["short"] for work in results["works"]))
    return table(header, rows) if rows else ""


def in_short(taken):
    wall, cpu, memory = (f"{taken[column]:,.0f}" for column in COLUMNS)
    return f"{wall} ms / {cpu} ms / {memory} MiB"


def comparison(work, missing):
    own = medians(work["runs"][OWN])
    rows = []
    for candidate in CANDIDATES:
        runs = work["runs"].get(candidate.key)
        if runs is None and candidate.key not in missing:
            continue
        reach = {1: "one address a name", ZONES: "every address"}[candidate.addresses_each]
        if runs is None:
            rows.append((candidate.title, reach, f"missing: {missing[candidate.key]}", "", ""))
            continue
        taken = medians(runs)
        if taken is None:
            faults = [run["why"] for run in runs if not run["well"]]
            rows.append((candidate.title, reach, f"failed {len(faults)} of {len(runs)} times: {faults[0]}", "", ""))
            continue
        cells = []
        for column, unit in COLUMNS.items():
            times = f" ({taken[column] / own[column]:.1f}x)" if own and candidate.key != OWN else ""
            cells.append(f"{number(taken[column])} {unit}{times}")
        rows.append((candidate.title, reach, *cells))
    text = f"**{work['title']}**\n\n" + table(("", "verifies", "wall", "CPU", "peak memory"), rows)
    busy = [f"{number(median(run['servers_ms'] for run in work['runs'][key]))} ms for {BY_KEY[key].title}"
            for key in (OWN, RIVAL) if work["runs"].get(key)]
    return f"{text}\n\nThe servers, on the same cores, took {' and '.join(busy)}."


def proofs(results):
    seen = results["proofs"]
    if not seen:
        return ""
    keys = list(next(iter(seen.values())))
    rows = [(what, *("seen" if fails[key] else "not seen" for key in keys)) for what, fails in seen.items()]
    return "Who sees it when one of the 12 names shows\n\n" + table(("", *(BY_KEY[key].title for key in keys)), rows)


def growth(results):
    rows = []
    for entry in results["growth"]:
        taken, inside, names = medians(entry["runs"][OWN]), entry["inside"], entry["work"]["names"]
        first = (f"{names:,}", f"{entry['work']['rtt_ms']} ms")
        last = (inside["sockets"], inside["questions"], inside["busiest_second"])
        if taken is None:
            why = next(run["why"] for run in entry["runs"][OWN] if not run["well"])
            rows.append((*first, why, "", "", "", *last))
            continue
        costs = (f"{number(taken[column])} {unit}" for column, unit in COLUMNS.items())
        rows.append((*first, *costs, f"{taken['cpu_ms'] / names:.2f} ms", *last))
    if not rows:
        return ""
    header = ("names", "round trip", "wall", "CPU", "peak memory", "CPU a name", "sockets at once", "DNS questions",
              "in the busiest second")
    return "**vpce-probe alone, with more names**\n\n" + table(header, rows)


def others(results):
    rows = []
    instance = results["instance"]
    if instance and (taken := medians(instance["runs"][OWN])):
        rows.append(("a check of a container instance, its agent too", *taken.values()))
    for name, runs in results["commands"].items():
        taken = medians(runs)
        title = "`/bin/true`, for comparison" if name == "true" else f"`vpce-probe {name}`"
        rows.append((title, *taken.values()) if taken else (title, "failed", "", ""))
    cells = [(title, *(f"{number(value)} {unit}" if isinstance(value, float) else value
                       for value, unit in zip(values, COLUMNS.values()))) for title, *values in rows]
    return (f"**And besides** (the program has {results['size']:,} bytes)\n\n"
            + table(("", "wall", "CPU", "peak memory"), cells))


def budgets(results):
    """What the program promises, as far as it was measured here."""
    rows = []

    def hold(promise, value, limit, unit, least=False):
        met = value >= limit if least else value <= limit
        sign = "at least" if least else "at most"
        rows.append((promise, f"{sign} {limit:g} {unit}", f"{value:.1f} {unit}", "yes" if met else "**no**"))

    for entry in results["works"]:
        work, title = entry["work"], entry["title"]
        own, rival = (medians(entry["runs"].get(key)) for key in (OWN, RIVAL))
        if not own:
            rows.append((title, "", "failed", "**no**"))
            continue
        if work["names"] == 12:
            hold(f"{title}: wall", own["wall_ms"], 3 * work["rtt_ms"] + 15, "ms")
            hold(f"{title}: CPU", own["cpu_ms"], 25, "ms")
            hold(f"{title}: memory", own["rss_mib"], 8, "MiB")
        else:
            hold(f"{title}: wall", own["wall_ms"], 400, "ms")
            hold(f"{title}: memory", own["rss_mib"], 16, "MiB")
        if rival and (work["names"] != 12 or work["rtt_ms"] == 0):
            least = 2 if work["names"] == 12 else 1.5
            hold(f"{title}: times as fast as curl -Z", rival["wall_ms"] / own["wall_ms"], least, "x", least=True)
        if rival and work["names"] == 12 and work["rtt_ms"] == 0:
            hold(f"{title}: CPU of curl -Z", rival["cpu_ms"] / own["cpu_ms"], 2, "x", least=True)
    for entry in results["growth"]:
        hold(f"{entry['title']}: DNS questions in a second", entry["inside"]["busiest_second"], 1023, "")
    for name in ("--help", "health"):
        if taken := medians(results["commands"][name]):
            hold(f"`vpce-probe {name}`", taken["wall_ms"], 5, "ms")
    hold("size of the program", results["size"] / 1e6, 5, "MB")
    return "**Budgets**\n\n" + table(("", "promised", "measured", "met"), rows)
