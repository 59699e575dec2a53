import { ACTED, ANSWERED, ORDERED, SAME } from './asked-call.js';

/**
 * How often something ran, and how often otherwise than the base, over the executions of a batch or of a
 * hunt.
 */
export interface EffectCount {
  /** Calls; of a feature, looks at it; of what the host does, executions. */
  readonly calls: number;
  /** Executions with at least one. */
  readonly executions: number;
  /**
   * Calls that answered another value, that did something else, and that read the same words in another
   * order.
   */
  readonly answered: number;
  readonly acted: number;
  readonly reordered: number;
  /** Executions with at least one of those, and the first of them. */
  readonly otherwise: number;
  readonly first: number | null;
}

export const NO_COUNT: EffectCount = {
  ...{ calls: 0, executions: 0, answered: 0, acted: 0, reordered: 0, otherwise: 0 },
  first: null,
};

export function addCounts(one: EffectCount, other: EffectCount): EffectCount {
  const sum = (field: Exclude<keyof EffectCount, 'first'>): number => one[field] + other[field];
  return {
    ...{ calls: sum('calls'), executions: sum('executions') },
    ...{
      answered: sum('answered'),
      acted: sum('acted'),
      reordered: sum('reordered'),
      otherwise: sum('otherwise'),
    },
    first: one.first ?? other.first,
  };
}

/** Counts that grow while executions run. */
export class CountingEffect {
  private count = { ...NO_COUNT } as { -readonly [K in keyof EffectCount]: EffectCount[K] };
  private ran = false;
  private differed = false;

  reset(): void {
    this.count = { ...NO_COUNT };
    this.begin();
  }

  begin(): void {
    this.ran = false;
    this.differed = false;
  }

  call(): void {
    this.count.calls++;
    this.ran = true;
  }

  compared(how: number): void {
    if (how === SAME) return;
    this.differed = true;
    if (how === ANSWERED) this.count.answered++;
    else if (how === ACTED) this.count.acted++;
    else if (how === ORDERED) this.count.reordered++;
  }

  /** The whole execution is another one. */
  differs(): void {
    this.compared(ACTED);
  }

  /** The execution has ended. */
  end(execution: number): void {
    if (this.ran) this.count.executions++;
    if (!this.differed) return;
    this.count.otherwise++;
    this.count.first ??= execution;
  }

  get value(): EffectCount {
    return { ...this.count };
  }
}
