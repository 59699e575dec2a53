import type { Subject } from '../programs/subject.js';
import { PLAIN_PROGRAM } from '../vocabulary/finding.js';
import type { HuntRequest, ProgramHuntRequest } from './api.js';
import type { BatchRequest } from './batch.js';
import type { BatchRunner } from './pool.js';
import type { ReachedTally } from './reach/reached-tally.js';

/**
 * Steps per scenario and round: small at first, so that every scenario has had its turn soon; then growing,
 * so that batches are worth their messages. A round is five eighths as long as all before it: in the middle
 * of one, no scenario has had more than twice the steps of another, even where its executions are somewhat
 * longer than measured.
 */
const ROUND_STEPS_FIRST = 25_000;
const ROUND_STEPS_MAX = 400_000;

/** What is hunted in: a scenario under the variant, or the program. */
export interface Target {
  readonly name: string;
  readonly subject: Subject;
}

export function targetsOf(request: HuntRequest | ProgramHuntRequest): Target[] {
  if ('program' in request) return [{ name: PLAIN_PROGRAM, subject: { program: request.program } }];
  return request.scenarios.map((scenario) => ({
    name: scenario.name,
    subject: { variant: request.variant, scenario },
  }));
}

/** A batch, and the number of its scenario. */
export interface NextBatch {
  readonly scenario: number;
  readonly request: BatchRequest;
}

/** The order of a hunt's batches: fixed by the request and by each scenario's measured length alone. */
export class BatchOrder {
  /** By scenario, once it is asked for: the promise, and its value. */
  private readonly measured: Promise<number>[] = [];
  private readonly lengths: number[] = [];
  /** Steps per scenario in this round, and in all rounds before it. */
  private roundSteps = ROUND_STEPS_FIRST;
  private earlierSteps = 0;
  private nextScenario = 0;
  private plannedExecutions = 0;
  private readonly nextExecution: number[];

  constructor(
    private readonly request: (HuntRequest | ProgramHuntRequest) & { readonly pool: BatchRunner },
    private readonly targets: readonly Target[],
    private readonly reached: ReachedTally | null = null,
  ) {
    this.nextExecution = targets.map(() => 0);
  }

  /** Whether the length of the next batch's scenario is known. */
  get isMeasured(): boolean {
    return this.lengths[this.nextScenario] !== undefined;
  }

  /**
   * Knows the next scenario's length, from which the size of its batch follows. A scenario is measured when
   * its first batch is nearly due, so that the first batches do not wait for the last scenarios; those after
   * it are begun with it, one for each worker.
   */
  async measure(): Promise<void> {
    const { pool } = this.request;
    const next = this.nextScenario;
    for (let index = next; index < Math.min(next + 1 + pool.jobs, this.targets.length); index++) {
      if (this.measured[index] !== undefined) continue;
      this.measured[index] = pool.length(this.batchRequest(index, 0, 0));
      // Who waits for it hears of a failure; a hunt that ends before does not need to.
      this.measured[index].catch(() => undefined);
    }
    this.lengths[next] = await this.measured[next];
  }

  private batchRequest(index: number, first: number, count: number): BatchRequest {
    const { memory, strategies, seed, shard, pastViolations, sought } = this.request;
    const { name, subject } = this.targets[index];
    const known = this.request.known?.filter(
      ({ scenario, isByCause }) => scenario === name || isByCause === true,
    );
    const ofHunt = {
      ...subject,
      memory,
      strategies,
      seed,
      shard,
      known,
      pastViolations,
      sought,
      compared: true,
      ...(this.reached === null ? {} : { covers: this.reached.knownIn(index) }),
    };
    return { ...ofHunt, first, count, length: this.lengths[index] };
  }

  /** The next batch, or null when the number of executions is reached; its scenario is measured. */
  next(): NextBatch | null {
    const limit = this.request.executions ?? Number.POSITIVE_INFINITY;
    const left = limit - this.plannedExecutions;
    if (left <= 0) return null;
    const index = this.nextScenario;
    const count = Math.min(left, Math.max(1, Math.round(this.roundSteps / this.lengths[index])));
    const request = this.batchRequest(index, this.nextExecution[index], count);
    this.nextExecution[index] += count;
    this.plannedExecutions += count;
    this.nextScenario++;
    if (this.nextScenario === this.targets.length) {
      this.nextScenario = 0;
      this.earlierSteps += this.roundSteps;
      this.roundSteps = Math.min(ROUND_STEPS_MAX, (this.earlierSteps * 5) >> 3);
    }
    return { scenario: index, request };
  }
}
