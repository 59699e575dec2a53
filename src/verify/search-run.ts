import type { Definitions } from '../programs/definitions.js';
import { thrownOf } from '../seal/thrown.js';
import { type Before, type SearchAnswer, SearchKeeper } from './checkpoint/search-keeper.js';
import { Deepening } from './deepening.js';
import { type LatentMet, type Reduction, type SubjectSpace, spaceOf } from './searches.js';
import { splitFor } from './shards/split.js';
import type { SearchMessage, SearchTask } from './worker-api.js';

/** A task of a verification's thread: its searches, what they tell on the way, and where they are kept. */

const PROGRESS_MS = 200;

export class SearchRun {
  private readonly stopped: Int32Array;
  private readonly started = performance.now();
  private readonly latent = new Map<LatentMet['class'], LatentMet>();
  private made: SubjectSpace | null = null;
  private readonly deepening: Deepening;
  private readonly keeper: SearchKeeper | null;
  private secondsBefore = 0;
  /** Of them the search that is gone on with has had all, as far as its rate is told. */
  private msBefore = 0;
  private toldAt = this.started;
  private told: Deepening['current'] = null;
  private since = this.started;

  constructor(
    own: Definitions,
    private readonly task: SearchTask,
    private readonly send: (message: SearchMessage) => void,
  ) {
    const { subject, memory, memoryLimit, walks, preemptions, isReduced, shard, kept } = task;
    this.stopped = new Int32Array(task.stop);
    this.keeper = kept === null ? null : new SearchKeeper(kept, (news) => send({ kind: 'kept', news }));
    const reduction: Reduction = { footprints: null };
    this.deepening = new Deepening(
      (atOnce) => {
        this.collect();
        const bounds = { walks, preemptions };
        const made = spaceOf(subject, own, memory, bounds, memoryLimit, atOnce, reduction);
        this.made = made;
        return made;
      },
      {
        isOver: () => this.isOver(),
        isHalfOver: () => this.hasPassed(0.5),
        onRest: () => this.rest(),
        isReduced,
        split: shard === null || shard.of === 1 ? undefined : splitFor(shard),
      },
    );
  }

  /** Throws LoweringError, InputError, and what assertions of users' modules throw. */
  run(): SearchAnswer {
    const { keeper, deepening, task } = this;
    const before = keeper?.read() ?? null;
    if (before !== null && 'found' in before) return before;
    try {
      if (before !== null) this.goOn(before);
      const { statesMax, switchesMax, shard } = task;
      const found =
        statesMax !== null
          ? deepening.upTo(statesMax)
          : switchesMax === null && shard === null
            ? deepening.run()
            : deepening.only(switchesMax);
      this.collect();
      const changedKept = found.result.isMistake ? (this.made?.changedKept() ?? null) : null;
      const answer = {
        ...{ found, latent: [...this.latent.values()], seconds: this.seconds },
        changedKept: changedKept === null ? null : thrownOf(changedKept),
      };
      keeper?.end(answer);
      return answer;
    } finally {
      before?.search.close();
    }
  }

  private goOn({ seconds, latent, search }: Before): void {
    this.secondsBefore = seconds;
    this.msBefore = seconds * 1000;
    for (const each of latent) this.latent.set(each.class, each);
    this.deepening.restore(search);
  }

  private get seconds(): number {
    return this.secondsBefore + (performance.now() - this.started) / 1000;
  }

  private collect(): void {
    for (const each of this.made?.latent() ?? [])
      if (!this.latent.has(each.class)) this.latent.set(each.class, each);
  }

  /** The search stands between two states. */
  private rest(): void {
    const { keeper, deepening } = this;
    const { current } = deepening;
    if (keeper === null || current === null) return;
    keeper.rest(
      this.isEnding(),
      current.expanded,
      () => {
        this.collect();
        const { seconds, latent } = this;
        return { states: current.states.count, seconds, latent: [...latent.values()] };
      },
      (to) => deepening.keep(to),
    );
  }

  private isEnding(): boolean {
    return Atomics.load(this.stopped, 0) !== 0 || this.hasPassed(1);
  }

  private isOver(): boolean {
    this.tell();
    return this.isEnding();
  }

  /** So much of the budget; of this run, whatever others had. */
  private hasPassed(part: number): boolean {
    const { budgetMs } = this.task;
    return budgetMs !== null && performance.now() - this.started >= budgetMs * part;
  }

  private tell(): void {
    const { current, switches } = this.deepening;
    const now = performance.now();
    if (current !== this.told) {
      this.told = current;
      this.since = now - this.msBefore;
      this.msBefore = 0;
    }
    if (now - this.toldAt < PROGRESS_MS || current === null) return;
    this.toldAt = now;
    const { states, expanded, depth } = current;
    const elapsedMs = now - this.since;
    this.send({
      kind: 'progress',
      progress: { states: states.count, expanded, depth, switches, elapsedMs },
    });
  }
}
