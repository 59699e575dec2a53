#pragma once
/* Silicon: CR3, TLB instructions, interrupts, what the processor can. */
#define X86_CR3_PCID_BITS 12
#define X86_CR3_PCID_MASK 0xfffUL
#define X86_CR3_PCID_NOFLUSH_BIT 31
#define X86_CR3_PCID_NOFLUSH (1UL << 31)
#define CR3_NOFLUSH X86_CR3_PCID_NOFLUSH
#define CR3_ADDR_MASK 0x7ffff000UL
#define CR3_PCID_MASK 0xfffUL
#define X86_CR3_PTI_PCID_USER_BIT 11
#define X86_CR3_LAM_U57_BIT 61
#define X86_CR3_LAM_U57 0UL
#define X86_CR3_LAM_U48 0UL
#define X86_CR4_PGE (1UL << 7)
#define X86_CR4_PCE (1UL << 8)
#define X86_CR4_PCIDE (1UL << 17)
#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))
#define PMD_SHIFT 21
#define PMD_SIZE (1UL << PMD_SHIFT)

/* The bits of features that the lab's machine may have; every other feature is absent. */
#define X86_FEATURE_PCID 1
#define X86_FEATURE_PTI 2
#define X86_FEATURE_INVPCID 3
#define X86_FEATURE_INVPCID_SINGLE 4
#define X86_FEATURE_PGE 5
#define X86_FEATURE_OSPKE 6
#define X86_FEATURE_INVLPGB 7
#define X86_FEATURE_TSC 8
#define static_cpu_has(feature) ((feature) == X86_FEATURE_PCID ? lab_has_pcid() != 0 : 0)
#define boot_cpu_has(feature) static_cpu_has(feature)
#define cpu_feature_enabled(feature) static_cpu_has(feature)
#define this_cpu_has(feature) static_cpu_has(feature)

#define __pa(pointer) ((unsigned long)(pointer))
#define __va(address) ((void *)(unsigned long)(address))
#define __sme_pa(pointer) __pa(pointer)
#define native_write_cr3(value) lab_write_cr3(value)
#define write_cr3(value) lab_write_cr3(value)
#define __native_read_cr3() lab_read_cr3()
#define __read_cr3() lab_read_cr3()
#define read_cr3_pa() (lab_read_cr3() & CR3_ADDR_MASK)
#define invlpg(address) lab_invlpg(address)
#define invpcid_flush_one(pcid, address) lab_invpcid(0, pcid, address)
#define invpcid_flush_single_context(pcid) lab_invpcid(1, pcid, 0)
#define invpcid_flush_all() lab_invpcid(2, 0, 0)
#define invpcid_flush_all_nonglobals() lab_invpcid(3, 0, 0)
void native_write_cr4(unsigned long value);
unsigned long __read_cr4(void);

#define local_irq_disable() lab_irq_disable()
#define local_irq_enable() lab_irq_enable()
#define local_irq_save(flags) ((flags) = lab_irqs_on(), lab_irq_disable())
#define local_irq_restore(flags)          \
	do {                              \
		if (flags)                \
			lab_irq_enable(); \
	} while (0)
#define raw_local_irq_save(flags) local_irq_save(flags)
#define raw_local_irq_restore(flags) local_irq_restore(flags)
#define irqs_disabled() (lab_irqs_on() == 0)
