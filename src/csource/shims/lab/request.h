#pragma once
/*
 * A request on the stack of its sender (7.3): others read it here, where the lab copies it to when it is
 * sent (csource/runtime/c-kernel.ts).
 */
#ifdef LAB_REQUEST_ON_STACK
static DEFINE_PER_CPU(struct flush_tlb_info, flush_tlb_info);
#endif
