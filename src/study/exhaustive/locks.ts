import { listed } from '../answers/answer-words.js';

/**
 * What keeps an initiator's store to another CPU's slot apart from the owner's, weakest first: of rules that
 * are the same but for that.
 */
const LOCKS: readonly { readonly rules: readonly string[]; readonly words: string }[] = [
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

/**
 * The weakest that suffices, in words. `standing`: by rule, whether nothing is wrong with it. Nothing is said
 * where no such rule stands, or
 * no weaker one was asked.
 */
export function weakestLock(standing: ReadonlyMap<string, boolean>): string[] {
  const asked = LOCKS.filter(({ rules }) => rules.every((label) => standing.has(label)));
  const isStanding = ({ rules }: Lock): boolean => rules.every((label) => standing.get(label) === true);
  const weakest = asked.find(isStanding);
  if (weakest === undefined || weakest === asked[0]) return [];
  const before = asked.slice(0, asked.indexOf(weakest)).map(({ words }) => words);
  const after = asked.slice(asked.indexOf(weakest) + 1);
  const works = after.filter(isStanding).map(named);
  const fails = after.filter((lock) => !isStanding(lock)).map(named);
  return [
    `The weakest that suffices: ${named(weakest)}.` +
      ` What is weaker fails: ${listed(before)}.` +
      (works.length === 0 ? '' : ` Enough too: ${listed(works)}.`) +
      (fails.length === 0 ? '' : ` Stronger, and wrong: ${listed(fails)}.`),
  ];
}

type Lock = (typeof LOCKS)[number];

const named = ({ rules, words }: Lock): string => `${words} (${rules.join(', ')})`;
