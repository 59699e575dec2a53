#pragma once
/* Where the lab enters the tree's kernel/smp.c, and what that calls of the scheduler. */
bool call_function_single_prep_ipi(int cpu) { return true; }
#ifdef LAB_SINGLE_IPI_OF_SCHEDULER
void send_call_function_single_ipi(int cpu) { arch_send_call_function_single_ipi(cpu); }
#endif
void LAB_ENTRY(smp_call_function_many_cond)(const struct cpumask *mask, bool conditional)
{
	smp_cond_func_t condition = conditional ? LAB_CONDITION : NULL;
	struct flush_tlb_info *info = this_cpu_ptr(&flush_tlb_info);
#ifdef LAB_FUNC_REMOTE
	/* The caller has flushed here already. */
	smp_call_function_many_cond(mask, LAB_CALLED, info, true, condition);
#else
	on_each_cpu_cond_mask(condition, LAB_CALLED, info, true, mask);
#endif
}
void LAB_ENTRY(flush_smp_call_function_queue)(void) { generic_smp_call_function_single_interrupt(); }
