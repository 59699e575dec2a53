/**
 * What keeps an initiator's store to another CPU's slot apart from the owner's, weakest first: of rules that
 * are the same but for that.
 */
export const LOCKS: readonly { readonly rules: readonly string[]; readonly words: string }[] = [
  { rules: ['v1', 'v2'], words: 'a plain store' },
  { rules: ['v10'], words: 'a plain store that a sequence count of the owner takes back' },
  { rules: ['v3'], words: 'a compare-exchange of the generation alone' },
  { rules: ['v11'], words: 'a lock that only initiators take' },
  { rules: ['v17-tag2'], words: 'a compare-exchange of one word with a tag that recurs' },
  { rules: ['v17'], words: 'a compare-exchange of one word that has generation and tag' },
  { rules: ['v4', 'v7'], words: 'a compare-exchange of the pair {ctx_id, tlb_gen}' },
  { rules: ['v16'], words: 'a mailbox that the owner empties' },
  { rules: ['v12'], words: "a lock that the slot's owner takes too, around its own stores" },
  { rules: ['v13'], words: 'that lock held across the flush' },
];
