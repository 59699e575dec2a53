#pragma once
/*
 * What kernel/smp.c, lib/llist.c and their headers are made of beside what tlb.c is, where they run as C. In
 * front of linux/smp.h, which is the tree's.
 */
/* All CPUs are there from the beginning; csource/runtime/call-operations.ts knows the address. */
#define cpu_online_mask ((const struct cpumask *)4)
#define cpu_online(cpu) 1
#define cpumask_first_and(left, right) lab_next_and(0, left, right, NR_CPUS)
#define cpumask_next_and(cpu, left, right) lab_next_and((cpu) + 1, left, right, NR_CPUS)
#define cpumask_any_and(left, right) cpumask_first_and(left, right)
#define cpumask_any_and_but(left, right, cpu) lab_next_and(0, left, right, cpu)
#define cpumask_and(into, left, right) lab_and_masks(into, left, right)
#define cpumask_weight(mask) lab_weight(mask)
#define __cpumask_set_cpu(cpu, mask) lab_set_own_cpu(cpu, mask)
#define __cpumask_clear_cpu(cpu, mask) lab_clear_own_cpu(cpu, mask)
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < (int)lab_cpus(); (cpu)++)
#define for_each_online_cpu(cpu) for_each_possible_cpu(cpu)

/* A pointer's word or a number's. */
#define try_cmpxchg(pointer, expected, value)                                     \
	({                                                                        \
		__typeof__(*(pointer)) lab_wanted = *(expected);                  \
		__typeof__(*(pointer)) lab_seen = cmpxchg(pointer, lab_wanted, value); \
		if (lab_seen != lab_wanted)                                       \
			*(expected) = lab_seen;                                   \
		lab_seen == lab_wanted;                                           \
	})
#define try_cmpxchg_acquire(pointer, expected, value) try_cmpxchg(pointer, expected, value)
#define atomic_cmpxchg_acquire(atomic, expected, value) cmpxchg(&(atomic)->counter, expected, value)
#define atomic_set_release(atomic, value) smp_store_release(&(atomic)->counter, value)
#undef smp_store_release
#define smp_store_release(pointer, value) lab_store_release(pointer, (u32)(value))
#define smp_acquire__after_ctrl_dep() ((void)0)

/*
 * Waits. The lab has one that lasts until bits are 0: those are found by asking the condition for each. What
 * is another condition would be waited for wrongly, so it ends the run.
 */
void waits_for_more_than_clear_bits(void);
#define smp_cond_load_acquire(pointer, condition)                                   \
	({                                                                          \
		__typeof__(*(pointer)) VAL;                                         \
		u32 lab_bits = 0;                                                   \
		for (u32 lab_bit = 1; lab_bit != 0; lab_bit <<= 1) {                \
			VAL = (__typeof__(*(pointer)))lab_bit;                      \
			if (!(condition))                                           \
				lab_bits |= lab_bit;                                \
		}                                                                   \
		bool lab_is_of_bits = lab_bits != 0;                                \
		VAL = 0;                                                            \
		lab_is_of_bits = lab_is_of_bits && (condition);                     \
		VAL = (__typeof__(*(pointer)))~lab_bits;                            \
		lab_is_of_bits = lab_is_of_bits && (condition);                     \
		if (!lab_is_of_bits)                                                \
			waits_for_more_than_clear_bits();                           \
		VAL = (__typeof__(*(pointer)))lab_cond_load_acquire(pointer, lab_bits); \
		VAL;                                                                \
	})

#define container_of(pointer, type, member) \
	((type *)((unsigned long)(pointer) - __builtin_offsetof(type, member)))
#define offsetof(type, member) __builtin_offsetof(type, member)
#define typeof __typeof__

/* The interrupt controller. A CPU that polls for work in its idle loop, and needs no IPI, is not modelled. */
#define arch_send_call_function_single_ipi(cpu) lab_send_ipi(cpu)
#define arch_send_call_function_ipi_mask(mask) lab_send_ipis(mask)

/* Never so here: offline CPUs, an oops, a start that is not over, tracing. */
#define oops_in_progress 0
#define early_boot_irqs_disabled 0
#define in_task() 1
#define local_softirq_pending() 0
#define trace_csd_queue_cpu_enabled() 0
#define trace_csd_queue_cpu(cpu, from, function, csd) ((void)0)
#define trace_call__csd_queue_cpu(cpu, from, function, csd) ((void)0)
#define trace_csd_function_entry(function, csd) ((void)0)
#define trace_csd_function_exit(function, csd) ((void)0)
#define trace_ipi_send_cpu(cpu, from, function) ((void)0)
#define trace_ipi_send_cpumask(mask, from, function) ((void)0)
#define DEFINE_STATIC_KEY_MAYBE(option, name) int name
#define static_branch_enable(key) ((void)0)
#define static_branch_disable(key) ((void)0)
#define _RET_IP_ 0UL

/* What kernel/smp.c includes from beside itself is declared here: a bare directory need not have it. */
#define SMPBOOT_H
void sched_ttwu_pending(void *entry);
bool call_function_single_prep_ipi(int cpu);
#ifdef LAB_SINGLE_IPI_OF_SCHEDULER
void send_call_function_single_ipi(int cpu);
#endif

/* Declared, so that functions which the lab never runs compile. */
#define ENOMEM 12
#define ENXIO 6
#define EBUSY 16
#define GFP_KERNEL 0
#define NSEC_PER_MSEC 1000000UL
#define NSEC_PER_SEC 1000000000UL
#define KBUILD_MODNAME "smp"
#define pr_info(...) ((void)0)
#define pr_warn(...) ((void)0)
#define pr_alert(...) ((void)0)
#define module_param(name, type, mode)
#define __setup(name, function)
#define cpu_to_node(cpu) 0
#define cpumask_of_node(node) cpu_online_mask
#define cpumask_bits(mask) ((mask)->bits)
#define cpumask_size() sizeof(struct cpumask)
#define cpu_possible_mask cpu_online_mask
#define zalloc_cpumask_var_node(mask, flags, node) 1
#define free_cpumask_var(mask) ((void)0)
#define alloc_percpu(type) ((type *)0)
#define free_percpu(pointer) ((void)0)
#define str_plural(number) ""
#define ilog2(number) 1
struct pt_regs;
struct work_struct {
	int unused;
};
struct completion {
	int unused;
};
struct workqueue_struct;
extern struct workqueue_struct *system_wq, *system_percpu_wq;
#define INIT_WORK_ONSTACK(work, function) ((void)(function))
#define DECLARE_COMPLETION_ONSTACK(name) struct completion name
#define COMPLETION_INITIALIZER_ONSTACK(name) { 0 }
void init_completion(struct completion *done);
void complete(struct completion *done);
void wait_for_completion(struct completion *done);
bool queue_work_on(int cpu, struct workqueue_struct *queue, struct work_struct *work);
void hypervisor_pin_vcpu(int cpu);
void irq_work_run(void);
void irq_work_single(void *work);
void do_softirq(void);
void do_softirq_post_smp_call_flush(unsigned int was_pending);
u64 sched_clock(void);
u64 ktime_get_mono_fast_ns(void);
void dump_cpu_task(int cpu);
void dump_stack(void);
bool trigger_single_cpu_backtrace(int cpu);
bool get_option(char **text, int *value);
unsigned long find_last_bit(const unsigned long *bits, unsigned long size);
void set_nr_cpu_ids(unsigned int number);
void idle_threads_init(void);
void cpuhp_threads_init(void);
void bringup_nonboot_cpus(unsigned int max);
int num_online_nodes(void);
void wake_up_if_idle(int cpu);
int sched_numa_find_nth_cpu(const struct cpumask *cpus, int cpu, int node);
