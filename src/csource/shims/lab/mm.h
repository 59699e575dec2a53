#pragma once
/*
 * Address spaces. The structure is the lab's; the context within it, and all that concerns TLBs, is the
 * tree's (asm/mmu.h).
 */
#include <asm/mmu.h>

struct mm_struct {
	pgd_t *pgd;
	atomic_t mm_users;
	atomic_t mm_count;
	atomic_t membarrier_state;
	mm_context_t context;
	struct cpumask cpu_bitmap;
};
/* A handle of the lab is an address that it maps to that mm's words. */
#define LAB_MM_BASE 0x20000000UL
#define LAB_MM_STRIDE 0x10000UL
#define LAB_INIT_MM 2
#define init_mm (*(struct mm_struct *)(LAB_MM_BASE + LAB_INIT_MM * LAB_MM_STRIDE))
#define mm_cpumask(mm) (&(mm)->cpu_bitmap)

struct arch_tlbflush_unmap_batch {
	struct cpumask cpumask;
	bool unmapped_pages;
};

enum tlb_flush_reason {
	TLB_FLUSH_ON_TASK_SWITCH,
	TLB_REMOTE_SHOOTDOWN,
	TLB_LOCAL_SHOOTDOWN,
	TLB_LOCAL_MM_SHOOTDOWN,
	TLB_REMOTE_SEND_IPI,
	TLB_REMOTE_WRONG_CPU,
	NR_TLB_FLUSH_REASONS,
};
#define trace_tlb_flush(reason, pages) lab_trace_tlb_flush(reason, pages)
#define mm_untag_mask(mm) (-1UL)
#define mmu_notifier_arch_invalidate_secondary_tlbs(mm, start, end) ((void)0)
#define mmu_notifier_invalidate_range(mm, start, end) ((void)0)
#define VM_HUGETLB 0x400000UL

#ifndef LAB_SMP_C
/* Calls of a function on other CPUs: the lab's kernel/smp.c. */
typedef void (*smp_call_func_t)(void *info);
typedef bool (*smp_cond_func_t)(int cpu, void *info);
#ifdef LAB_FUNC_REMOTE
/* Up to 5.12: after the wait the caller runs it too, if it is in the mask and the condition holds. */
#define on_each_cpu_cond_mask(condition, function, info, wait, mask)                        \
	do {                                                                                \
		lab_call_many(mask, (void *)(condition), (void *)(function), info);         \
		if (cpumask_test_cpu(lab_this_cpu(), mask) && condition(lab_this_cpu(), info)) { \
			lab_irq_disable();                                                  \
			function(info);                                                     \
			lab_irq_enable();                                                   \
		}                                                                           \
	} while (0)
#else
#define on_each_cpu_cond_mask(condition, function, info, wait, mask) \
	lab_call_many(mask, (void *)(condition), (void *)(function), info)
#endif
#define on_each_cpu_mask(mask, function, info, wait) \
	lab_call_many(mask, NULL, (void *)(function), info)
#define smp_call_function_many(mask, function, info, wait) \
	lab_call_many(mask, NULL, (void *)(function), info)
void on_each_cpu(smp_call_func_t function, void *info, int wait);
#endif
