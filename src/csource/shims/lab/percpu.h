#pragma once
/*
 * A per-CPU variable is a symbol; CPU c's copy lies LAB_CPU_STRIDE * (c + 1) bytes above it, where the lab
 * maps it to that CPU's words.
 */
#define LAB_CPU_STRIDE 0x100000UL
#define LAB_PER_CPU __attribute__((section(".lab.percpu")))
#define DEFINE_PER_CPU(type, name) LAB_PER_CPU __typeof__(type) name
#define DECLARE_PER_CPU(type, name) extern LAB_PER_CPU __typeof__(type) name
#define DEFINE_PER_CPU_ALIGNED(type, name) DEFINE_PER_CPU(type, name)
#define DECLARE_PER_CPU_ALIGNED(type, name) DECLARE_PER_CPU(type, name)
#define DEFINE_PER_CPU_PAGE_ALIGNED(type, name) DEFINE_PER_CPU(type, name)
#define DECLARE_PER_CPU_PAGE_ALIGNED(type, name) DECLARE_PER_CPU(type, name)
#define DEFINE_PER_CPU_SHARED_ALIGNED(type, name) DEFINE_PER_CPU(type, name)
#define DECLARE_PER_CPU_SHARED_ALIGNED(type, name) DECLARE_PER_CPU(type, name)
#define DEFINE_PER_CPU_READ_MOSTLY(type, name) DEFINE_PER_CPU(type, name)
#define DECLARE_PER_CPU_READ_MOSTLY(type, name) DECLARE_PER_CPU(type, name)
#define DEFINE_PER_CPU_CACHE_HOT(type, name) DEFINE_PER_CPU(type, name)
#define DECLARE_PER_CPU_CACHE_HOT(type, name) DECLARE_PER_CPU(type, name)

#define per_cpu_ptr(pointer, cpu) \
	((__typeof__(pointer))((unsigned long)(pointer) + LAB_CPU_STRIDE * ((cpu) + 1)))
#define per_cpu(variable, cpu) (*per_cpu_ptr(&(variable), cpu))
#define this_cpu_ptr(pointer) per_cpu_ptr(pointer, lab_this_cpu())
#define raw_cpu_ptr(pointer) this_cpu_ptr(pointer)
#define this_cpu_read(variable) READ_ONCE(*this_cpu_ptr(&(variable)))
#define this_cpu_write(variable, value) WRITE_ONCE(*this_cpu_ptr(&(variable)), value)
/* One instruction without a lock: others see a load and a store. */
#define this_cpu_add_return(variable, addend)                          \
	({                                                             \
		__typeof__(variable) *lab_word = this_cpu_ptr(&(variable)); \
		__typeof__(variable) lab_sum = READ_ONCE(*lab_word) + (addend); \
		WRITE_ONCE(*lab_word, lab_sum);                        \
		lab_sum;                                               \
	})
#define this_cpu_add(variable, addend) ((void)this_cpu_add_return(variable, addend))
#define this_cpu_inc(variable) this_cpu_add(variable, 1)
#define this_cpu_dec(variable) this_cpu_add(variable, -1)
#define this_cpu_inc_return(variable) this_cpu_add_return(variable, 1)
#define __this_cpu_read(variable) this_cpu_read(variable)
#define __this_cpu_write(variable, value) this_cpu_write(variable, value)
#define raw_cpu_read(variable) this_cpu_read(variable)
#define raw_cpu_write(variable, value) this_cpu_write(variable, value)

#define smp_processor_id() ((int)lab_this_cpu())
#define raw_smp_processor_id() smp_processor_id()
#define get_cpu() smp_processor_id()
#define put_cpu() ((void)0)
#define preempt_disable() ((void)0)
#define preempt_enable() ((void)0)
#define preemptible() 0
#define in_nmi() 0
#define nr_cpu_ids lab_cpus()
#define num_online_cpus() lab_cpus()
