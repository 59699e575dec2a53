#pragma once
/* Between tlb.c and kernel/smp.c, which defines what stands here under another name. */
#undef on_each_cpu_cond_mask
#undef on_each_cpu_mask
#undef smp_call_function_many
#undef pr_fmt
/* A number that no CPU has, as what searches a mask and finds none answers. */
#undef nr_cpu_ids
extern unsigned int nr_cpu_ids;
/* Of the task only a mask of its own is asked for, which it has where kernels are preempted (7.3). */
#define current ((struct task_struct *)NULL)
