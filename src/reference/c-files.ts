/**
 * The kernel's file of each C function that the protocol is written after, as of 6.18; of a posted series
 * where it puts them. Docstrings name functions; what a word of theirs is, and where, is told by this table.
 */
const FILES: Readonly<Record<string, string>> = {
  'arch/x86/mm/tlb.c':
    'switch_mm_irqs_off load_new_mm_cr3 choose_new_asid clear_asid_other enter_lazy_tlb leave_mm ' +
    'flush_tlb_func flush_tlb_one_user flush_tlb_local should_flush_tlb flush_tlb_mm_range ' +
    'get_flush_tlb_info should_trim_cpumask arch_tlbbatch_flush broadcast_tlb_flush ' +
    'finish_asid_transition consider_global_asid mm_active_cpus_exceeds use_global_asid ' +
    'allocate_global_asid reset_global_asid_space mm_free_global_asid mm_needs_global_asid ' +
    'rar_tlb_flush',
  'arch/x86/include/asm/tlbflush.h':
    'inc_mm_tlb_gen flush_tlb_mm arch_tlbbatch_add_pending mm_global_asid mm_in_asid_transition ' +
    'mm_assign_global_asid mm_init_global_asid',
  'arch/x86/include/asm/tlb.h':
    'invlpgb_flush_single_pcid_nosync invlpgb_flush_user_nr_nosync invlpgb_flush_all_nonglobals __tlbsync',
  'arch/x86/include/asm/special_insns.h': 'native_write_cr3',
  'arch/x86/include/asm/mmu_context.h': 'arch_exit_mmap',
  'arch/x86/include/asm/paravirt.h': 'arch_enter_lazy_mmu_mode arch_leave_lazy_mmu_mode',
  'arch/x86/include/asm/mshyperv.h': 'hv_do_hypercall',
  'arch/x86/mm/fault.c': 'exc_page_fault',
  'arch/x86/mm/rar.c':
    'smp_call_rar_many get_payload_slot free_payload_slot set_payload set_action_entry native_send_rar_ipi ' +
    'wait_for_action_done rar_full_flush',
  'arch/x86/kernel/apic/ipi.c': 'native_send_call_func_ipi',
  'arch/x86/hyperv/mmu.c': 'hyperv_flush_tlb_multi hyperv_flush_tlb_others_ex fill_gva_list',
  'arch/x86/kvm/x86.c':
    'kvm_steal_time_set_preempted kvm_arch_vcpu_load vcpu_enter_guest record_steal_time ' +
    'kvm_vcpu_flush_tlb_guest kvm_vcpu_flush_tlb_all',
  'arch/x86/kvm/vmx/vmx.c': 'allocate_vpid',
  'arch/x86/xen/mmu_pv.c': 'drop_mm_ref_this_cpu xen_write_cr3 xen_flush_tlb_multi xen_exit_mmap',
  'arch/x86/xen/multicalls.c': 'xen_mc_flush',
  'include/asm-generic/tlb.h':
    '__tlb_reset_range __tlb_adjust_range tlb_remove_tlb_entry tlb_remove_page pte_free_tlb ' +
    'tlb_flush_mmu_tlbonly',
  'include/linux/llist.h': 'llist_add',
  'include/linux/mm.h': 'put_page',
  'include/linux/pgtable.h': 'ptep_modify_prot_start ptep_modify_prot_commit',
  'include/linux/sched/mm.h': 'mmgrab mmdrop',
  'include/linux/spinlock.h': 'raw_spin_lock_irqsave raw_spin_unlock_irqrestore',
  'kernel/exit.c': 'exit_mm',
  'kernel/fork.c': 'dup_mm mm_init mmput',
  'kernel/locking/rwsem.c': 'down_read up_read down_write up_write downgrade_write',
  'kernel/sched/core.c': 'context_switch finish_task_switch',
  'kernel/smp.c':
    'smp_call_function_many_cond csd_lock csd_unlock generic_smp_call_function_single_interrupt ' +
    '__flush_smp_call_function_queue',
  'mm/madvise.c': 'madvise_dontneed_single_vma',
  'mm/memory.c':
    'handle_mm_fault do_anonymous_page do_wp_page wp_page_copy copy_page_range copy_present_pte ' +
    'zap_page_range_single unmap_page_range zap_pte_range free_pgtables free_pte_range __pte_alloc',
  'mm/mmap.c': 'do_mmap exit_mmap',
  'mm/mmu_gather.c': 'tlb_gather_mmu tlb_flush_mmu tlb_finish_mmu',
  'mm/mprotect.c': 'do_mprotect_pkey change_protection_range',
  'mm/pgtable-generic.c': 'ptep_clear_flush',
  'mm/rmap.c':
    'should_defer_flush set_tlb_ubc_flush_pending flush_tlb_batched_pending try_to_unmap_flush ' +
    'try_to_unmap_flush_dirty try_to_unmap_one',
  'mm/vma.c': 'do_vmi_munmap',
  'mm/vmscan.c': 'shrink_folio_list',
  'virt/kvm/kvm_main.c': 'kvm_sched_out kvm_sched_in',
};

const fileOf = new Map(
  Object.entries(FILES).flatMap(([file, names]) => names.split(' ').map((name) => [name, file] as const)),
);

/** The first C function that a docstring names, and its file; null: it names none. */
export function cFunctionOf(text: string): { readonly name: string; readonly file: string } | null {
  for (const [word] of text.matchAll(/\w+/g)) {
    const file = fileOf.get(word);
    if (file !== undefined) return { name: word, file };
  }
  return null;
}
