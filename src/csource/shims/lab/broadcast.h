#pragma once
/*
 * INVLPGB, TLBSYNC and the search for global ASIDs. The lab runs C text on CPUs without INVLPGB: what stands
 * here compiles, and a run that reached it would end with its name.
 */
#define DEFINE_RAW_SPINLOCK(name) raw_spinlock_t name
#define DECLARE_BITMAP(name, bits) unsigned long name[((bits) + 31) / 32]
#define guard(kind) lab_guard_##kind
void lab_guard_raw_spinlock_irqsave(raw_spinlock_t *lock);
#define lockdep_assert_held(lock) ((void)0)
void bitmap_andnot(unsigned long *into, const unsigned long *left, const unsigned long *right, int bits);
void bitmap_clear(unsigned long *bitmap, int start, int bits);
unsigned long find_next_zero_bit(const unsigned long *bitmap, unsigned long bits, unsigned long from);
unsigned int cpumask_weight(const struct cpumask *mask);
void cpu_relax(void);
#define clamp_val(value, low, high) \
	((value) < (low) ? (low) : (value) > (high) ? (high) : (value))
void invlpgb_flush_user_nr_nosync(unsigned long pcid, unsigned long address, u16 number, bool stride);
void invlpgb_flush_single_pcid_nosync(unsigned long pcid);
void invlpgb_flush_all(void);
void invlpgb_flush_all_nonglobals(void);
void invlpgb_flush_addr_nosync(unsigned long address, u16 number);
void __tlbsync(void);
extern u16 invlpgb_count_max;
