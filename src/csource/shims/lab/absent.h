#pragma once
/*
 * What the lab's machine does not have or does not judge: statistics, lock checking, mitigations of
 * speculation, debugfs. A name here is nothing that orders memory.
 */
#define lockdep_assert_irqs_enabled() ((void)0)
#define lockdep_assert_irqs_disabled() ((void)0)
#define lockdep_assert_preemption_disabled() ((void)0)
#define DEBUG_LOCKS_WARN_ON(condition) ((void)0)
#define count_vm_tlb_event(event) ((void)0)
#define count_vm_tlb_events(event, number) ((void)(number))
#define inc_irq_stat(name) ((void)0)
#define mutex_init(lock) ((void)0)
#define init_rwsem(lock) ((void)0)
#define clear_LDT() ((void)0)
#define load_gs_index(selector) ((void)0)
#define loadsegment(segment, value) ((void)0)
#define DECLARE_STATIC_KEY_FALSE(name) extern int name
#define DEFINE_STATIC_KEY_FALSE(name) int name
#define DECLARE_STATIC_KEY_TRUE(name) extern int name
#define static_branch_likely(key) 0
#define static_branch_unlikely(key) 0
#define late_initcall(function) static inline void lab_initcall_##function(void) { (void)(function); }
#define early_param(name, function)

/* A warning of the kernel is a property that it claims: where it is wrong, an assertion has failed. */
#define WARN_ON(condition)                                          \
	({                                                          \
		bool lab_warned = !!(condition);                    \
		if (lab_warned)                                     \
			lab_warn(__LINE__);                         \
		lab_warned;                                         \
	})
#define WARN_ON_ONCE(condition) WARN_ON(condition)
#define WARN_ONCE(condition, ...) WARN_ON(condition)
#define WARN(condition, ...) WARN_ON(condition)
#define BUG_ON(condition) ((void)WARN_ON(condition))
#define BUG() lab_warn(__LINE__)
#define BUILD_BUG_ON(condition) ((void)sizeof(char[1 - 2 * !!(condition)]))
#define LAB_NOT_EVALUATED(condition) ((void)sizeof((int)(condition)))
#ifdef CONFIG_DEBUG_VM
#define VM_WARN_ON(condition) ((void)WARN_ON(condition))
#define VM_WARN_ON_ONCE(condition) ((void)WARN_ON(condition))
#define VM_BUG_ON(condition) ((void)WARN_ON(condition))
#else
#define VM_WARN_ON(condition) LAB_NOT_EVALUATED(condition)
#define VM_WARN_ON_ONCE(condition) LAB_NOT_EVALUATED(condition)
#define VM_BUG_ON(condition) LAB_NOT_EVALUATED(condition)
#endif

/* Time: the lab chooses whether the second of a trimmed cpumask is over. */
#define HZ 1UL
#define jiffies 0UL
#define time_after(now, then) ((void)(now), (void)(then), lab_second_is_over() != 0)

/* Declared, so that functions which the lab never runs compile. */
#define TIF_IA32 17
#define MSR_IA32_FLUSH_CMD 0
#define L1D_FLUSH 0
#define SIGBUS 7
#define TIF_SPEC_IB 9
#define TIF_SPEC_L1D_FLUSH 10
#define TWA_RESUME 1
#define EINVAL 22
#define EFAULT 14
#define S_IRUSR 0400
#define S_IWUSR 0200
#define KERN_INFO
void force_sig(int signal);
void wrmsrl(unsigned int msr, u64 value);
void wrmsrq(unsigned int msr, u64 value);
void clear_ti_thread_flag(struct thread_info *info, int flag);
#define task_thread_info(task) (&(task)->thread_info)
unsigned long read_task_thread_flags(struct task_struct *task);
int task_work_add(struct task_struct *task, struct callback_head *work, int mode);
void indirect_branch_prediction_barrier(void);
#define sprintf lab_sprintf
int lab_sprintf(char *buffer, const char *format, ...);
#define min(left, right) ((left) < (right) ? (left) : (right))
ssize_t simple_read_from_buffer(void *to, size_t count, loff_t *at, const void *from, size_t available);
unsigned long copy_from_user(void *to, const void *from, unsigned long bytes);
int kstrtoint(const char *text, unsigned int base, int *result);
loff_t default_llseek(struct file *file, loff_t offset, int whence);
struct file_operations {
	ssize_t (*read)(struct file *, char *, size_t, loff_t *);
	ssize_t (*write)(struct file *, const char *, size_t, loff_t *);
	loff_t (*llseek)(struct file *, loff_t, int);
};
extern void *arch_debugfs_dir;
void *debugfs_create_file(const char *name, int mode, void *parent, void *data, const void *operations);
extern struct task_struct *current;
struct cpuinfo_x86 {
	bool smt_active;
};
extern LAB_PER_CPU struct cpuinfo_x86 cpu_info;
#define huge_page_shift(state) PAGE_SHIFT
#define hstate_vma(vma) 0
#define paravirt_arch_dup_mmap(old, mm) ((void)0)
#define paravirt_arch_exit_mmap(mm) ((void)0)
#define vma_is_foreign(vma) 0
#define vma_pkey(vma) 0
#define __pkru_allows_pkey(pkey, write) 1

#define _PAGE_PRESENT 0x1UL
#define _PAGE_RW 0x2UL
#define _PAGE_USER 0x4UL
#define _PAGE_PWT 0x8UL
#define _PAGE_PCD 0x10UL
#define _PAGE_ACCESSED 0x20UL
#define _PAGE_DIRTY 0x40UL
#define _PAGE_PSE 0x80UL
#define _PAGE_PAT 0x80UL
#define _PAGE_GLOBAL 0x100UL
#define _PAGE_SOFTW1 0x200UL
#define _PAGE_SOFTW2 0x400UL
#define _PAGE_SOFTW3 0x800UL
#define _PAGE_PAT_LARGE 0x1000UL
#define _PAGE_SOFTW4 0x2000UL
#define _PAGE_SAVED_DIRTY 0x4000UL
#define _PAGE_PKEY_BIT0 0x8000UL
#define _PAGE_PKEY_BIT1 0x10000UL
#define _PAGE_PKEY_BIT2 0x20000UL
#define _PAGE_PKEY_BIT3 0x40000UL
#define _PAGE_NX 0x80000UL
#define pte_flags(entry) ((entry).pte)
#define pte_pfn(entry) ((entry).pte >> 20)
#define pmd_flags(entry) ((entry).pmd)
#define pmd_pfn(entry) ((entry).pmd >> 20)
