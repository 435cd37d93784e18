# SPDX-License-Identifier: MIT
"""`python3 -m nexus info [--json]`: the runtime, its devices, the cards.
`python3 -m nexus picture TRACE SVG`: a picture of a trace (TT_TRACE)."""

import argparse
import json
import sys

import nexus
from nexus import picture

_RUNTIME = ("Name", "Version", "Size")
_DEVICE = ("Name", "Vendor", "Type", "Architecture", "Location", "Count",
           "Description", "GlobalMemorySize", "CoreMemorySize", "CoreClockRate",
           "MemoryClockRate")


def _describe(thing, names):
    found = {}
    for name in names:
        try:
            text = thing.get_property_str(name)
        except nexus.NexusError:
            continue
        found[name] = int(text) if text.lstrip("-").isdigit() else text
    return found


def _cards(runtime):
    """The cards of this machine; a list, empty if the runtime knows none."""
    try:
        return json.loads(runtime.get_property_str("Location"))
    except (nexus.NexusError, ValueError):
        return []


def _grid(device):
    """Columns and rows of worker cores."""
    try:
        return device.get_property_int_vec("Shape")
    except nexus.NexusError:
        return []


def _print_card(card):
    words = [card["chip"], card["board"], "at", card["address"]]
    if card["link_width"]:
        words.append(f"({card['link_speed']} x{card['link_width']}, "
                     f"NUMA node {card['numa_node']})")
    print("  card", " ".join(word for word in words if word))
    for name in ("subsystem", "node", "driver", "firmware"):
        if card[name]:
            print(f"    {name:18} {card[name]}")
    if card["usable"]:
        print(f"    {'used as':18} device {card['device']}")
    else:
        print(f"    {'not usable':18} {card['reason']}")
        print(f"    {'remedy':18} {card['remedy']}")


def _info(as_json):
    runtimes = []
    for runtime in nexus.get_runtimes():
        entry = _describe(runtime, _RUNTIME)
        entry["devices"] = [{**_describe(device, _DEVICE),
                             "Grid": _grid(device)}
                            for device in runtime.get_devices()]
        entry["cards"] = _cards(runtime)
        if not entry["cards"]:
            entry.update(_describe(runtime, ["Features"]))
        runtimes.append(entry)
    if as_json:
        print(json.dumps(runtimes, indent=2))
        return
    for entry in runtimes:
        print("runtime", entry.get("Name", "?"), entry.get("Version", ""))
        for i, device in enumerate(entry["devices"]):
            print(f"  device {i}")
            for name, value in device.items():
                if name == "Grid":
                    value = " x ".join(str(extent) for extent in value)
                print(f"    {name:18} {value}")
        for card in entry["cards"]:
            _print_card(card)
        if not entry["cards"]:
            print("  no card:", entry.get("Features", "nobody knows why"))


def _picture(trace, svg):
    text = picture.draw(picture.load(trace))
    with open(svg, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    """Entry point; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python3 -m nexus")
    commands = parser.add_subparsers(dest="command", required=True)
    info = commands.add_parser("info", help="list runtimes, devices and cards")
    info.add_argument("--json", action="store_true", help="as JSON")
    draw = commands.add_parser("picture", help="draw a trace (TT_TRACE)")
    draw.add_argument("trace", help="file that TT_TRACE named")
    draw.add_argument("svg", help="picture to write")
    arguments = parser.parse_args()
    try:
        if arguments.command == "info":
            _info(arguments.json)
        else:
            _picture(arguments.trace, arguments.svg)
    except (OSError, ValueError, nexus.NexusError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
