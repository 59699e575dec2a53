/**
 * The decisions of one execution, in order: which agent moved, and the answers to recorded choices. In memory an agent is its number and a
 * choice c is -1-c; in a finding it is run-length coded text that a person can read and edit.
 */

import { AGENT_SUFFIX, agentOf, cpuOfAgent, kindOfAgent } from '../machine/enabled-set.js';

/** `=3`, `0*12`, `1b`: a choice, or a CPU's number, its agent's letter, and how often. */
const TOKEN = new RegExp(`^(?:=(\\d{1,6})|(\\d{1,3})([${AGENT_SUFFIX.join('')}]?)(?:\\*(\\d{1,7}))?)$`);

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
    const name = decision < 0 ? `=${-1 - decision}` : `${cpuOfAgent(decision)}${AGENT_SUFFIX[kindOfAgent(decision)]}`;
    tokens.push(run > 1 ? `${name}*${run}` : name);
    i += run;
  }
  return tokens;
}

/** The inverse; throws a one-line Error that names the token. */
export function decodeSchedule(tokens: readonly string[]): number[] {
  const decisions: number[] = [];
  tokens.forEach((token, index) => {
    const match = TOKEN.exec(token);
    if (match === null)
      throw new Error(`schedule[${index}]: "${token.slice(0, 20)}" is no decision; expected e.g. "0*12", "1b", "1i", "1w" or "=3"`);
    if (match[1] !== undefined) decisions.push(-1 - Number(match[1]));
    else {
      const agent = agentOf(Number(match[2]), AGENT_SUFFIX.indexOf(match[3]));
      const run = match[4] === undefined ? 1 : Number(match[4]);
      if (decisions.length + run > 5_000_000) throw new Error(`schedule[${index}]: more than 5000000 decisions`);
      for (let i = 0; i < run; i++) decisions.push(agent);
    }
  });
  return decisions;
}
