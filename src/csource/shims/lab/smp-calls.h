#pragma once
/* Behind linux/smp.h, which has names of its own for what is the lab's; in front of tlb.c. */
#undef smp_processor_id
#undef raw_smp_processor_id
#undef get_cpu
#undef put_cpu
#define smp_processor_id() ((int)lab_this_cpu())
#define raw_smp_processor_id() smp_processor_id()
#define get_cpu() smp_processor_id()
#define put_cpu() ((void)0)

/* A request on its sender's stack is copied to where others find it (csource/runtime/c-kernel.ts). */
#define on_each_cpu_cond_mask(condition, function, info, wait, mask) \
	(on_each_cpu_cond_mask)(condition, function, lab_publish(info), wait, mask)
#define on_each_cpu_mask(mask, function, info, wait) \
	(on_each_cpu_mask)(mask, function, lab_publish(info), wait)
#define smp_call_function_many(mask, function, info, wait) \
	(smp_call_function_many)(mask, function, lab_publish(info), wait)
