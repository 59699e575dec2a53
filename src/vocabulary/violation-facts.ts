import { mmName } from './mm-name.js';

/** What can go wrong, as oracles and engines name it, what is known of it, and its words. */

/** Harm and misuse end an execution; latent classes are recorded and the run goes on. */
export const HARM_CLASSES = [
  'stale-use',
  'cross-mm',
  'split-page',
  'freed-table-walk',
  'deadlock',
  'livelock',
  'csd-reuse',
  'lost-ack',
  'unlock-of-free',
  'assertion',
] as const;
export const LATENT_CLASSES = ['gen-ahead', 'gen-above-mm'] as const;
export type HarmClass = (typeof HARM_CLASSES)[number];
export type LatentClass = (typeof LATENT_CLASSES)[number];
export type ViolationClass = HarmClass | LatentClass;

/** Whether a class is recorded only, and the run goes on. */
export function isLatent(name: ViolationClass): name is LatentClass {
  return (LATENT_CLASSES as readonly string[]).includes(name);
}

/**
 * What an oracle knows of a violation, as data. `mm` is the index of a user mm (0 is A), `csd`, `lock` and
 * `word` are addresses; CPUs, pages, frames and slots are numbers.
 */
export type ViolationFacts =
  /** `frame`: the freed one that was reached; null: a right was used that an operation had taken away. */
  | {
      readonly class: 'stale-use';
      readonly cpu: number;
      readonly mm: number;
      readonly page: number;
      readonly isWrite: boolean;
      readonly frame: number | null;
      /** A store, judged where it left the store buffer. */
      readonly isBuffered: boolean;
    }
  | {
      readonly class: 'cross-mm';
      readonly cpu: number;
      readonly page: number;
      readonly filledUnder: number;
      readonly running: number;
    }
  | {
      readonly class: 'split-page';
      readonly cpu: number;
      readonly mm: number;
      readonly page: number;
      readonly frame: number;
      /** Frame of the copy, whose stores are visible. */
      readonly copy: number;
    }
  | {
      readonly class: 'freed-table-walk';
      readonly cpu: number;
      readonly frame: number;
      readonly isSpeculative: boolean;
    }
  | { readonly class: 'csd-reuse' | 'lost-ack'; readonly cpu: number; readonly csd: number }
  | { readonly class: 'unlock-of-free'; readonly cpu: number; readonly lock: number }
  /** What the program's author says. */
  | { readonly class: 'assertion'; readonly cpu: number; readonly text: string }
  | { readonly class: 'deadlock'; readonly cpu: number; readonly waiting: readonly WaitingCpu[] }
  | {
      readonly class: 'livelock';
      readonly cpu: number;
      readonly steps: number;
      readonly waiting: readonly WaitingCpu[];
    }
  | {
      readonly class: 'gen-ahead';
      readonly cpu: number;
      readonly asid: number;
      readonly mm: number;
      readonly claimed: number;
      /** The page of the old entry, or the table where `isStructure`. */
      readonly page: number;
      readonly isStructure: boolean;
      readonly due: number;
    }
  | {
      readonly class: 'gen-above-mm';
      readonly cpu: number;
      readonly asid: number;
      readonly mm: number;
      readonly claimed: number;
      readonly tlbGen: number;
    };

/** What is known of a violation of a class. */
export type FactsOf<C extends ViolationClass> = Extract<ViolationFacts, { readonly class: C }>;

/** Where a CPU stands that has not finished. */
export interface WaitingCpu {
  readonly cpu: number;
  /** The words that it waits for, and their values; it goes on with the first of them that changes. */
  readonly waits: readonly { readonly word: number; readonly value: number }[];
  /** Name of the operation that it is before. */
  readonly operation: string;
  /** Whether interrupts are enabled. */
  readonly interrupts: boolean;
}

/** How what differs from one execution to the next is written. */
export interface Spelling {
  number(value: number): string;
  /** A user mm by its index. */
  mm(index: number): string;
  /** A word by its address. */
  word(address: number): string;
  /** The record that begins with the word at the address. */
  record(address: number): string;
  /** A name, or what a user's own program says. */
  text(text: string): string;
}

/** Names of words, and of the records that they begin. */
export interface WordNames {
  nameOf(address: number): string;
  recordOf(address: number): string;
}

/** As it is. */
export function personally(names: WordNames): Spelling {
  return {
    number: String,
    mm: mmName,
    word: (address) => names.nameOf(address),
    record: (address) => names.recordOf(address),
    text: (text) => text,
  };
}

/** Without numbers and letters of mms, the same for every execution that goes wrong in one way. */
export function impersonally(names: WordNames): Spelling {
  return {
    number: (value) => (value < 0 ? '-#' : '#'),
    mm: (index) => (index < 26 ? '#' : 'mm#'),
    word: (address) => impersonal(names.nameOf(address)),
    record: (address) => impersonal(names.recordOf(address)),
    text: impersonal,
  };
}

/**
 * Names of words and of operations, and what an author's assertion says, are text and not data: the numbers
 * in them may be values, so that one bug would have many causes.
 */
function impersonal(text: string): string {
  return text.replaceAll(/\d+/g, '#').replaceAll(/\bmm [A-Z]\b/g, 'mm #');
}

/** A violation in one sentence in the kernel's words. */
export function violationWords(facts: ViolationFacts, spelling: Spelling): string {
  const { number, mm, word, record } = spelling;
  const cpu = `CPU${number(facts.cpu)}`;
  switch (facts.class) {
    case 'stale-use': {
      const what =
        facts.frame === null
          ? 'a translation revoked by an operation that had returned'
          : `a page that had been freed (frame ${number(facts.frame)})`;
      const how = facts.isBuffered ? ', from its store buffer' : '';
      return (
        `${cpu} ${facts.isWrite ? 'wrote to' : 'read'} page ${number(facts.page)} of mm ` +
        `${mm(facts.mm)} through ${what}${how}`
      );
    }
    case 'cross-mm': {
      const spaces = `filled under mm ${mm(facts.filledUnder)} while running mm ${mm(facts.running)}`;
      return `${cpu} used a translation of page ${number(facts.page)} ${spaces}`;
    }
    case 'split-page': {
      const what =
        `${cpu} read page ${number(facts.page)} of mm ${mm(facts.mm)} in frame ` + `${number(facts.frame)}`;
      return `${what}, while stores to its copy in frame ${number(facts.copy)} were visible already`;
    }
    case 'freed-table-walk': {
      const walk = `a ${facts.isSpeculative ? 'speculative ' : ''}walk of ${cpu}`;
      return `${walk} read the page-table page in frame ${number(facts.frame)}, which had been freed`;
    }
    case 'csd-reuse':
      return `${cpu} queued ${record(facts.csd)} again while its target still had it`;
    case 'lost-ack':
      return `${cpu} acknowledged ${record(facts.csd)} before its function had run`;
    case 'unlock-of-free':
      return `${cpu} unlocked ${word(facts.lock)}, which it did not hold`;
    case 'assertion':
      return spelling.text(facts.text);
    case 'deadlock':
      return `nobody can move: ${facts.waiting.map((waiting) => waitingWords(waiting, spelling)).join('; ')}`;
    case 'livelock': {
      const who = facts.waiting.map((waiting) => waitingWords(waiting, spelling)).join('; ');
      return `no end in ${number(facts.steps)} steps, the last of them fair: ${who}`;
    }
    case 'gen-ahead': {
      const what = facts.isStructure
        ? `a paging-structure entry for table ${number(facts.page)}`
        : `a translation of page ${number(facts.page)}`;
      const claim =
        `slot ${number(facts.asid)} claims generation ${number(facts.claimed)} of mm ` + `${mm(facts.mm)}`;
      return `${cpu}'s ${claim} but holds ${what} older than generation ${number(facts.due)}`;
    }
    case 'gen-above-mm': {
      const claim =
        `slot ${number(facts.asid)} claims generation ${number(facts.claimed)} of mm ` + `${mm(facts.mm)}`;
      return `${cpu}'s ${claim}, which is at ${number(facts.tlbGen)}`;
    }
  }
}

/** `CPU1 waits for csd(0->1).flags (is 3), interrupts off`; for one of several words, each is named. */
export function waitingWords(
  { cpu, waits, operation, interrupts }: WaitingCpu,
  { number, word, text }: Spelling,
): string {
  const what =
    waits.length === 0
      ? `is before ${text(operation)}`
      : `waits for ${waits.map((wait) => `${word(wait.word)} (is ${number(wait.value)})`).join(' or ')}`;
  return `CPU${number(cpu)} ${what}, interrupts ${interrupts ? 'on' : 'off'}`;
}
