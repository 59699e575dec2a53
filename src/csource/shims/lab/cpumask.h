#pragma once
/* Masks of CPUs: 32 a word. Setting and clearing a bit is a locked operation, with the double underscore not. */
#define NR_CPUS 256
struct cpumask {
	unsigned long bits[NR_CPUS / 32];
};
typedef struct cpumask cpumask_t;
#ifdef LAB_SMP_C
/* As without CONFIG_CPUMASK_OFFSTACK: it lies where it is declared. */
typedef struct cpumask cpumask_var_t[1];
#else
typedef struct cpumask *cpumask_var_t;
#endif

#define cpumask_test_cpu(cpu, mask) ((bool)lab_test_cpu(cpu, mask))
#define cpumask_set_cpu(cpu, mask) lab_set_cpu(cpu, mask)
#define cpumask_clear_cpu(cpu, mask) lab_clear_cpu(cpu, mask)
#define cpumask_test_and_set_cpu(cpu, mask) ((bool)lab_test_and_set_cpu(cpu, mask))
#define cpumask_test_and_clear_cpu(cpu, mask) ((bool)lab_test_and_clear_cpu(cpu, mask))
#define cpumask_any_but(mask, cpu) lab_any_cpu_but(mask, cpu)
#define for_each_cpu(cpu, mask)                                \
	for ((cpu) = 0; (cpu) < (int)lab_cpus(); (cpu)++)      \
		if (lab_test_cpu(cpu, mask))
#define cpumask_empty(mask) (lab_any_cpu_but(mask, NR_CPUS) >= lab_cpus())
#define cpumask_clear(mask) lab_clear_mask(mask)
#define cpumask_or(into, left, right) lab_or_masks(into, left, right)

static inline void __cpumask_set_cpu(unsigned int cpu, struct cpumask *mask)
{
	mask->bits[cpu / 32] = mask->bits[cpu / 32] | 1UL << cpu % 32;
}
static inline void __cpumask_clear_cpu(unsigned int cpu, struct cpumask *mask)
{
	mask->bits[cpu / 32] = mask->bits[cpu / 32] & ~(1UL << cpu % 32);
}
