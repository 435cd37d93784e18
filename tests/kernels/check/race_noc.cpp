// SPDX-License-Identifier: MIT
// expect BRISC: race: writes L1 0x28000 of another core, and nothing orders that with the write by core (18,18) logical (0,0) BRISC
#if defined(WRITER_KERNEL)
void kernel_main()
{
    uint32_t page = get_write_ptr(0);

    *(volatile uint32_t *)page = get_arg_val<uint32_t>(0);
    // both of two cores write to the third one
    noc_async_write(page, get_noc_addr(20, 18, page), 4); // HERE OTHER
    noc_async_write_barrier();
}
#else
void kernel_main() {}
#endif
