# SPDX-License-Identifier: MIT
"""A PCI bus made of files, for the library over a test double of the kernel
driver (TT_DOUBLE_BUS)."""

import os


def add_card(bus, address, device_id, node, vendor="0x1e52"):
    """One card with link and NUMA node; node None: without driver."""
    folder = os.path.join(bus, "devices", address)
    files = {"vendor": vendor, "device": device_id, "class": "0x120000",
             "subsystem_vendor": "0x1e52", "subsystem_device": "0x0018",
             "current_link_speed": "16.0 GT/s PCIe",
             "current_link_width": "16", "numa_node": "0"}
    os.makedirs(folder)
    if node is not None:
        os.makedirs(os.path.join(folder, "tenstorrent", f"tenstorrent!{node}"))
        files[f"tenstorrent/tenstorrent!{node}/tt_card_type"] = "n150"
        files[f"tenstorrent/tenstorrent!{node}/tt_fw_bundle_ver"] = "18.7.0.0"
    for name, text in files.items():
        with open(os.path.join(folder, name), "w", encoding="ascii") as file:
            file.write(text + "\n")
