/**
 * The decisions of one execution, in order: which agent moved, and the answers to recorded choices. In memory
 * an agent is its number and a choice c is -1-c; in a finding it is run-length coded text that a person can
 * read and edit.
 */

import { AGENTS, agentName, agentOf } from '../machine/agents.js';

const LETTERS = AGENTS.map(({ letter }) => letter);
/** `=3`, `0*12`, `1b`: a choice, or a CPU's number, its agent's letter, and how often. */
const TOKEN = new RegExp(`^(?:=(\\d{1,6})|(\\d{1,3})([${LETTERS.join('')}]?)(?:\\*([1-9]\\d{0,6}))?)$`);

/** What one entry of a schedule's text says. */
export type Entry =
  | { readonly choice: number }
  /** `kind`: a number of machine/agents.ts. */
  | { readonly cpu: number; readonly kind: number; readonly times: number };

/** Reads one entry; null for what is none. */
export function parseEntry(text: string): Entry | null {
  const match = TOKEN.exec(text);
  if (match === null) return null;
  if (match[1] !== undefined) return { choice: Number(match[1]) };
  return { cpu: Number(match[2]), kind: LETTERS.indexOf(match[3]), times: Number(match[4] ?? 1) };
}

export class Schedule {
  private words = new Int32Array(1024);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  pick(agent: number): void {
    if (this.length === this.words.length) this.grow();
    this.words[this.length++] = agent;
  }

  choice(value: number): void {
    this.pick(-1 - value);
  }

  at(index: number): number {
    return this.words[index];
  }

  private grow(): void {
    const words = new Int32Array(this.words.length * 2);
    words.set(this.words);
    this.words = words;
  }

  static of(decisions: ArrayLike<number>): Schedule {
    const schedule = new Schedule();
    for (let i = 0; i < decisions.length; i++) schedule.pick(decisions[i]);
    return schedule;
  }

  toArray(): number[] {
    return Array.from(this.words.subarray(0, this.length));
  }
}

/** `0*12 1b =3`: see Finding.schedule. */
export function encodeSchedule(decisions: readonly number[]): string[] {
  const tokens: string[] = [];
  for (let i = 0; i < decisions.length; ) {
    const decision = decisions[i];
    let run = 1;
    while (decision >= 0 && decisions[i + run] === decision) run++;
    const name = decision < 0 ? `=${-1 - decision}` : agentName(decision);
    tokens.push(run > 1 ? `${name}*${run}` : name);
    i += run;
  }
  return tokens;
}

/** The inverse; throws a one-line Error that names the token. */
export function decodeSchedule(tokens: readonly string[]): number[] {
  const decisions: number[] = [];
  tokens.forEach((token, index) => {
    const entry = parseEntry(token);
    if (entry === null)
      throw new Error(
        `schedule[${index}]: "${token.slice(0, 20)}" is no decision; expected e.g. "0*12", "1b", "1i", ` +
          '"1w" or "=3"',
      );
    if ('choice' in entry) {
      decisions.push(-1 - entry.choice);
      return;
    }
    if (decisions.length + entry.times > 5_000_000)
      throw new Error(`schedule[${index}]: more than 5000000 decisions`);
    for (let i = 0; i < entry.times; i++) decisions.push(agentOf(entry.cpu, entry.kind));
  });
  return decisions;
}
