/** mm handles: what the kernel's `struct mm_struct *` is here. User mms are numbered from FIRST_USER_MM. */
export const MM_NULL = 0;
export const LOADED_MM_SWITCHING = 1;
export const INIT_MM = 2;
export const FIRST_USER_MM = 3;

/** `TLB_FLUSH_ALL` as the end of a range (the kernel's is all ones). */
export const TLB_FLUSH_ALL = -1;
/** `TLB_GENERATION_INVALID`: a request that names no generation (6.0, 8f1d56f64f8d). */
export const TLB_GENERATION_INVALID = 0;
/** `tlb_single_page_flush_ceiling`. */
export const TLB_SINGLE_PAGE_FLUSH_CEILING = 33;
/** ctx_id of init_mm; user mms count on from here. */
export const INIT_MM_CTX_ID = 1;

/** `enum tlb_flush_reason` (include/linux/mm_types.h; code 5 since 6.14). */
export const TLB_FLUSH_ON_TASK_SWITCH = 0;
export const TLB_REMOTE_SHOOTDOWN = 1;
export const TLB_LOCAL_SHOOTDOWN = 2;
export const TLB_LOCAL_MM_SHOOTDOWN = 3;
export const TLB_REMOTE_SEND_IPI = 4;
export const TLB_REMOTE_WRONG_CPU = 5;

/**
 * Pages that one INVLPGB covers at most where a scenario does not say (`invlpgb_count_max`, from CPUID): what
 * the recorded machines told.
 */
export const INVLPGB_COUNT_MAX = 8;
/**
 * One of this many flushes by IPI looks whether the mm is to have a global ASID: in the kernel one in 32, a
 * recorded choice here, made often so that short scenarios come to it.
 */
export const PROMOTE_ONE_IN = 2;
/** CPUs that must run the mm then are more than this; on a machine that has no more, more than one. */
export const PROMOTE_ABOVE_CPUS = 3;
/**
 * Global ASIDs of a machine whose scenario does not say how many: few, as there are few slots, so that the
 * search comes to its end (the kernel has some 2,000 or 4,000).
 */
export const GLOBAL_ASIDS = 4;

/** csd flags (include/linux/smp_types.h). */
export const CSD_FLAG_LOCK = 1;
export const CSD_TYPE_SYNC = 2;

/** Functions that a csd can ask for. */
export const FUNC_FLUSH_TLB = 1;
/** trim_cpumask of the RAR series. */
export const FUNC_TRIM_CPUMASK = 2;

/** VMA flags of a page. */
export const VM_NONE = 0;
export const VM_READ = 1;
export const VM_WRITE = 2;

/**
 * One of this many flushes trims mm_cpumask: the kernel's test is once a second per mm, a recorded choice
 * here.
 */
export const TRIM_ONE_IN = 8;
