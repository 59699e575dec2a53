#pragma once
/* Accesses and barriers. -O0 makes one access of each; volatile keeps it so where the compiler optimises. */
#define READ_ONCE(object) (*(const volatile __typeof__(object) *)&(object))
#define WRITE_ONCE(object, value) (*(volatile __typeof__(object) *)&(object) = (value))
#define data_race(expression) (expression)
#define smp_load_acquire(pointer) READ_ONCE(*(pointer))
#define smp_store_release(pointer, value) WRITE_ONCE(*(pointer), value)

#define barrier() __asm__ __volatile__("" : : : "memory")
#define smp_mb() lab_smp_mb()
#define smp_rmb() lab_smp_rmb()
#define smp_wmb() lab_smp_wmb()
#define mb() lab_smp_mb()
/* Around a locked operation, which is a full barrier by itself. */
#define smp_mb__before_atomic() barrier()
#define smp_mb__after_atomic() barrier()

#define atomic_read(atomic) READ_ONCE((atomic)->counter)
#define atomic_set(atomic, value) WRITE_ONCE((atomic)->counter, value)
#define atomic_inc(atomic) ((void)lab_fetch_add(&(atomic)->counter, 1))
#define atomic_dec(atomic) ((void)lab_fetch_add(&(atomic)->counter, -1))
#define atomic_inc_return(atomic) lab_inc_return(&(atomic)->counter)
#define atomic_dec_return(atomic) lab_dec_return(&(atomic)->counter)
#define atomic64_read(atomic) READ_ONCE((atomic)->counter)
#define atomic64_set(atomic, value) WRITE_ONCE((atomic)->counter, value)
#define atomic64_inc(atomic) ((void)lab_fetch_add(&(atomic)->counter, 1))
#define atomic64_inc_return(atomic) ((u64)lab_inc_return(&(atomic)->counter))
#define atomic64_add_return(addend, atomic) ((u64)(lab_fetch_add(&(atomic)->counter, addend) + (addend)))
#define ATOMIC_INIT(value) { (value) }
#define ATOMIC64_INIT(value) { (value) }

#define xchg(pointer, value) ((__typeof__(*(pointer)))lab_xchg(pointer, (u32)(value)))
#define cmpxchg(pointer, expected, value) \
	((__typeof__(*(pointer)))lab_cmpxchg(pointer, (u32)(expected), (u32)(value)))

/* Not atomic: plain stores of whoever owns the word. */
static inline void __set_bit(unsigned long bit, volatile unsigned long *words)
{
	words[bit / 32] |= 1UL << (bit % 32);
}
