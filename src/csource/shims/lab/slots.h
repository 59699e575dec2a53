#pragma once
/*
 * As many slots as the scenario has. The structure keeps the number that the tree says, and so do static
 * initialisers, which stand outside of functions: there a function's name is empty.
 */
enum { LAB_SLOTS_OF_TREE = TLB_NR_DYN_ASIDS };
#undef TLB_NR_DYN_ASIDS
#define TLB_NR_DYN_ASIDS \
	__builtin_choose_expr(sizeof(__func__) == 1, LAB_SLOTS_OF_TREE, (int)lab_slots())
