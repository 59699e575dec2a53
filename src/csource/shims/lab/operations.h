#pragma once
/*
 * What the lab does for C code. Each of these is one operation of the simulated machine, or none where it is
 * no instruction; src/csource/runtime/operations.ts has them under the same names.
 */
#define LAB_IMPORT(name) __attribute__((import_module("lab"), import_name(#name)))
/*
 * To the optimiser every operation is one that may change any memory, as the kernel's are to its own: locked
 * ones, barriers, CR3, INVLPG, interrupts all say "memory". What never changes must not stand in its way.
 */
#ifdef LAB_OPTIMISED
#define LAB_CONSTANT(name) __attribute__((const)) LAB_IMPORT(name)
#else
#define LAB_CONSTANT(name) LAB_IMPORT(name)
#endif

LAB_IMPORT(smp_mb) void lab_smp_mb(void);
LAB_IMPORT(smp_rmb) void lab_smp_rmb(void);
LAB_IMPORT(smp_wmb) void lab_smp_wmb(void);
LAB_IMPORT(fetch_add) s32 lab_fetch_add(void *word, s32 addend);
LAB_IMPORT(inc_return) s32 lab_inc_return(void *word);
LAB_IMPORT(dec_return) s32 lab_dec_return(void *word);
LAB_IMPORT(fetch_or) u32 lab_fetch_or(void *word, u32 bits);
LAB_IMPORT(fetch_and) u32 lab_fetch_and(void *word, u32 bits);
LAB_IMPORT(xchg) u32 lab_xchg(void *word, u32 value);
LAB_IMPORT(cmpxchg) u32 lab_cmpxchg(void *word, u32 expected, u32 value);

LAB_IMPORT(test_cpu) u32 lab_test_cpu(u32 cpu, const void *mask);
LAB_IMPORT(set_cpu) void lab_set_cpu(u32 cpu, void *mask);
LAB_IMPORT(clear_cpu) void lab_clear_cpu(u32 cpu, void *mask);
LAB_IMPORT(test_and_set_cpu) u32 lab_test_and_set_cpu(u32 cpu, void *mask);
LAB_IMPORT(test_and_clear_cpu) u32 lab_test_and_clear_cpu(u32 cpu, void *mask);
LAB_IMPORT(any_cpu_but) u32 lab_any_cpu_but(const void *mask, u32 cpu);
LAB_IMPORT(clear_mask) void lab_clear_mask(void *mask);
LAB_IMPORT(or_masks) void lab_or_masks(void *into, const void *left, const void *right);

LAB_CONSTANT(this_cpu) u32 lab_this_cpu(void);
LAB_CONSTANT(cpus) u32 lab_cpus(void);
LAB_CONSTANT(slots) u32 lab_slots(void);
LAB_CONSTANT(has_pcid) u32 lab_has_pcid(void);
LAB_IMPORT(irqs_on) u32 lab_irqs_on(void);
LAB_IMPORT(irq_disable) void lab_irq_disable(void);
LAB_IMPORT(irq_enable) void lab_irq_enable(void);

LAB_IMPORT(read_cr3) u32 lab_read_cr3(void);
LAB_IMPORT(write_cr3) void lab_write_cr3(u32 cr3);
LAB_IMPORT(invlpg) void lab_invlpg(u32 address);
LAB_IMPORT(invpcid) void lab_invpcid(u32 type, u32 pcid, u32 address);

LAB_IMPORT(call_many) void lab_call_many(const void *mask, void *condition, void *function, void *info);
/* Of kernel/smp.c. `bits`: until none of them is set. `but`: a CPU that is not looked for. */
LAB_IMPORT(cond_load_acquire) u32 lab_cond_load_acquire(const void *word, u32 bits);
LAB_IMPORT(store_release) void lab_store_release(void *word, u32 value);
LAB_IMPORT(send_ipi) void lab_send_ipi(u32 cpu);
LAB_IMPORT(send_ipis) void lab_send_ipis(const void *mask);
LAB_IMPORT(next_and) u32 lab_next_and(u32 from, const void *left, const void *right, u32 but);
LAB_IMPORT(and_masks) void lab_and_masks(void *into, const void *left, const void *right);
LAB_IMPORT(set_own_cpu) void lab_set_own_cpu(u32 cpu, void *mask);
LAB_IMPORT(clear_own_cpu) void lab_clear_own_cpu(u32 cpu, void *mask);
LAB_IMPORT(weight) u32 lab_weight(const void *mask);
LAB_IMPORT(publish) void *lab_publish(const void *info);

LAB_IMPORT(second_is_over) u32 lab_second_is_over(void);
LAB_IMPORT(trace_tlb_flush) void lab_trace_tlb_flush(u32 reason, u32 pages);
LAB_IMPORT(warn) void lab_warn(u32 line);
