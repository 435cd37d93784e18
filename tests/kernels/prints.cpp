// SPDX-License-Identifier: MIT
// Prints in every syntax, from every core, more than a ring holds; zones.
#ifdef READER_KERNEL
void kernel_main() {
  DeviceZoneScopedN("reading");
  DPRINT_DATA1("ncrisc {}\n", 1);
  DPRINT_DATA0("never {}\n", 1);
}
#endif

#ifdef WRITER_KERNEL
void kernel_main() {
  DeviceZoneScopedN("outer");
  DPRINT << "stream " << 42 << ' ' << -7 << " " << HEX() << 255 << DEC()
         << SETW(5, false) << 1.5f << "|" << F32(2.0f) << BF16(0x3F80)
         << ENDL();
  DPRINT("format {} {:04x} {:.2f} {{}} {}\n", 7u, 0xAB, 2.25f, "text");
  DEVICE_PRINT("device {} {} {}\n", -3, 1234567890123ull, true);
  DPRINT_DATA0(DPRINT << "statement" << ENDL());
  for (int i = 0; i < 200; i++) {
    DeviceZoneScopedN("inner");
    DPRINT << "line " << i << ENDL();
  }
  DPRINT << "no end of line";
}
#endif

#ifdef COMPUTE_KERNEL
void kernel_main() {
  DPRINT_MATH("math {}\n", 1);
  DPRINT_UNPACK(DPRINT << "unpack" << ENDL());
  DPRINT_PACK("pack {:.1f}\n", 0.5f);
  DPRINT_UNPACK(
      DPRINT << TileSlice(0, 0, SliceRange{0, 2, 1, 0, 3, 1}, true, true));
}
#endif
