# SPDX-License-Identifier: MIT
"""`python3 -m nexus info [--json]`: the runtime and its devices."""

import argparse
import json
import sys

import nexus

_RUNTIME = ("Name", "Version", "Size")
_DEVICE = ("Name", "Vendor", "Type", "Architecture", "Location", "Count",
           "GlobalMemorySize", "CoreMemorySize", "CoreClockRate",
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


def _info(as_json):
    runtimes = []
    for runtime in nexus.get_runtimes():
        entry = _describe(runtime, _RUNTIME)
        entry["devices"] = [_describe(device, _DEVICE)
                            for device in runtime.get_devices()]
        runtimes.append(entry)
    if as_json:
        print(json.dumps(runtimes, indent=2))
        return
    for entry in runtimes:
        print("runtime", entry.get("Name", "?"), entry.get("Version", ""))
        for i, device in enumerate(entry["devices"]):
            print(f"  device {i}")
            for name, value in device.items():
                print(f"    {name:18} {value}")


def main():
    """Entry point; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python3 -m nexus")
    commands = parser.add_subparsers(dest="command", required=True)
    info = commands.add_parser("info", help="list runtimes and devices")
    info.add_argument("--json", action="store_true", help="as JSON")
    arguments = parser.parse_args()
    try:
        _info(arguments.json)
    except (OSError, nexus.NexusError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
