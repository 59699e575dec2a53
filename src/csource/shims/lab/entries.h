#pragma once
/*
 * Where the lab enters the tree's functions, under names that stay the same while theirs and their
 * parameters change.
 */
#define LAB_ENTRY(name) __attribute__((export_name("lab_" #name))) lab_##name

/* In a file of the kernel that the lab does not compile, or in the one that it does: C takes both for one. */
DEFINE_PER_CPU(struct tlb_state, cpu_tlbstate);
/* Inline assembly becomes calls of this, which must be declared. */
__attribute__((used)) static void lab_keep(u32 address) { lab_invlpg(address); }

u64 LAB_ENTRY(inc_mm_tlb_gen)(struct mm_struct *mm) { return inc_mm_tlb_gen(mm); }
void LAB_ENTRY(switch_mm_irqs_off)(struct mm_struct *next) { switch_mm_irqs_off(NULL, next, NULL); }
void LAB_ENTRY(enter_lazy_tlb)(void) { enter_lazy_tlb(NULL, NULL); }
/* `as_remote`: the initiator runs what its targets run. */
void LAB_ENTRY(flush_tlb_func)(u32 initiator, u32 as_remote)
{
#ifdef LAB_FUNC_REMOTE
	if (initiator == lab_this_cpu() && !as_remote)
		flush_tlb_func_local(per_cpu_ptr(&flush_tlb_info, initiator), TLB_LOCAL_SHOOTDOWN);
	else
		flush_tlb_func_remote(per_cpu_ptr(&flush_tlb_info, initiator));
#else
	flush_tlb_func(per_cpu_ptr(&flush_tlb_info, initiator));
#endif
}
void LAB_ENTRY(flush_tlb_mm_range)(struct mm_struct *mm, unsigned long start, unsigned long end, bool freed)
{
	flush_tlb_mm_range(mm, start, end, PAGE_SHIFT, freed);
}
#ifndef LAB_FUNC_REMOTE
/* Up to 5.12 its request is a constant, which the lab's csds cannot name: it stays the lab's. */
void LAB_ENTRY(arch_tlbbatch_flush)(struct arch_tlbflush_unmap_batch *batch) { arch_tlbbatch_flush(batch); }
#endif
#ifdef LAB_NEW_ASID_STRUCT
u32 LAB_ENTRY(choose_new_asid)(struct mm_struct *next, u64 tlb_gen)
{
	struct new_asid chosen = choose_new_asid(next, tlb_gen);
	return chosen.asid * 2 + chosen.need_flush;
}
#elif defined(LAB_NEW_ASID_POINTERS)
u32 LAB_ENTRY(choose_new_asid)(struct mm_struct *next, u64 tlb_gen)
{
	u16 asid;
	bool need_flush;
	choose_new_asid(next, tlb_gen, &asid, &need_flush);
	return asid * 2 + need_flush;
}
#endif
#ifdef LAB_FLUSH_TLB_MULTI
void LAB_ENTRY(flush_tlb_multi)(struct cpumask *mask)
{
	native_flush_tlb_multi(mask, this_cpu_ptr(&flush_tlb_info));
}
#endif
u32 LAB_ENTRY(should_flush_tlb)(u32 cpu) { return LAB_CONDITION((int)cpu, this_cpu_ptr(&flush_tlb_info)); }
void LAB_ENTRY(leave_mm)(void)
{
#ifdef LAB_LEAVE_MM_TAKES_CPU
	leave_mm(smp_processor_id());
#else
	leave_mm();
#endif
}
