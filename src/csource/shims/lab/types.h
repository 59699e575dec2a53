#pragma once
/*
 * Types. A machine word of the lab has 32 bits whatever the kernel's type is, so that every word of a
 * structure is one word of memory and one step.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long s64;
typedef u8 __u8;
typedef u16 __u16;
typedef u32 __u32;
typedef u64 __u64;
typedef unsigned int uint;
typedef unsigned long ulong;
typedef unsigned long size_t;
typedef long ssize_t;
typedef long loff_t;
typedef unsigned long uintptr_t;
typedef _Bool bool;
typedef unsigned long pteval_t;
typedef unsigned long pgdval_t;

#define true 1
#define false 0
#define NULL ((void *)0)

typedef struct {
	int counter;
} atomic_t;
typedef struct {
	s64 counter;
} atomic64_t;
typedef atomic_t atomic_long_t;

typedef struct {
	pgdval_t pgd;
} pgd_t;
typedef struct {
	pteval_t pte;
} pte_t;
typedef struct {
	pteval_t pmd;
} pmd_t;
typedef struct {
	pteval_t pgprot;
} pgprot_t;
enum page_cache_mode { _PAGE_CACHE_MODE_WB };

/* Locks that the files taken from a tree only carry, or take where the lab's machine never comes. */
typedef struct {
	int unused;
} spinlock_t, raw_spinlock_t;
struct mutex {
	int unused;
};
struct rw_semaphore {
	int unused;
};
struct callback_head {
	void (*func)(struct callback_head *head);
};
struct seq_file;
struct file;
struct vdso_image;
struct page;
struct vm_area_struct {
	struct mm_struct *vm_mm;
	unsigned long vm_flags;
};
struct thread_info {
	unsigned long flags;
};
struct task_struct {
	struct thread_info thread_info;
	struct mm_struct *mm;
	int pid;
	struct callback_head l1d_flush_kill;
};

#define __init
#define __user
#define __percpu
#define __read_mostly
#define __ro_after_init
#define __always_inline inline
#ifdef LAB_OPTIMISED
#define noinline __attribute__((noinline))
#else
#define noinline
#endif
#define noinstr
#define __maybe_unused __attribute__((unused))
#define __used __attribute__((used))
#define __visible
#define __aligned(bytes)
#define ____cacheline_aligned
#define ____cacheline_aligned_in_smp
#define asmlinkage
#define notrace
#define __must_check
#define __cold
#define __noreturn
#define __weak __attribute__((weak))
#define __private
#define likely(condition) (condition)
#define unlikely(condition) (condition)
#define BIT(bit) (1UL << (bit))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define EXPORT_SYMBOL(name)
#define EXPORT_SYMBOL_GPL(name)
#define EXPORT_SYMBOL_FOR_KVM(name)
#define EXPORT_PER_CPU_SYMBOL(name)
#define EXPORT_PER_CPU_SYMBOL_GPL(name)
#define fallthrough __attribute__((__fallthrough__))

/* IS_ENABLED(CONFIG_X): 1 where the option is defined as 1. */
#define LAB_COMMA_1 0,
#define LAB_SECOND(first, second, ...) second
#define LAB_IS_1(probe) LAB_SECOND(probe 1, 0, 0)
#define LAB_PASTE(value) LAB_IS_1(LAB_COMMA_##value)
#define LAB_ENABLED(option) LAB_PASTE(option)
#define IS_ENABLED(option) LAB_ENABLED(option)
#define IS_BUILTIN(option) LAB_ENABLED(option)
