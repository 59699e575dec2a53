/**
 * Answers to agents' choices that are given, in order; further ones are free. How many of them have been
 * given is a number for each agent that has some.
 */
export class GivenAnswers {
  private readonly agents: readonly number[];

  constructor(private readonly given: ReadonlyMap<number, readonly number[]>) {
    this.agents = [...given].filter(([, answers]) => answers.length > 0).map(([agent]) => agent);
  }

  /** How many have been given at first. */
  begin(): readonly number[] {
    return this.agents.map(() => 0);
  }

  /**
   * How many have been given after a move, where `counts` ends with how many were before; null: its answers
   * are not those that are given. An answer beyond those that there are stands for the last of them; `isMove`
   * says whether the agent's answers can begin so.
   */
  after(
    agent: number,
    answers: readonly number[],
    counts: readonly number[],
    isMove: (answers: readonly number[]) => boolean,
  ): readonly number[] | null {
    const before = counts.slice(counts.length - this.agents.length);
    const at = this.agents.indexOf(agent);
    if (at < 0 || answers.length === 0) return before;
    const given = this.given.get(agent) ?? [];
    const asked = given.slice(before[at], before[at] + answers.length);
    for (const [i, wanted] of asked.entries()) {
      const first = answers.slice(0, i);
      let last = wanted;
      while (last > 0 && !isMove([...first, last])) last--;
      if (answers[i] !== last) return null;
    }
    return before.with(at, before[at] + asked.length);
  }
}
