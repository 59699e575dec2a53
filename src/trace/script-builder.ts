/**
 * One CPU's script in the making: what the recording shows (switches, client operations, faults), and marks
 * where the import adds accesses so that stale translations can be made and used.
 */
import type { ScriptStep } from '../vocabulary/scenario.js';
import { type AccessBudget, Accesses, type AccessPlan, type EarlierStay, type Mark } from './accesses.js';
import type { MappedRange } from './page-map.js';

interface StepItem {
  readonly is: 'step';
  readonly step: ScriptStep;
  /** The mm that the task needs (index), null when any will do. */
  readonly mm: number | null;
}

type Item = StepItem | Mark;

export class ScriptBuilder {
  readonly #items: Item[] = [];
  /** Index of the mm that the current user task runs in; null in a kernel thread or idle. */
  #user: number | null = null;

  get user(): number | null {
    return this.#user;
  }

  /** The CPU begins the window in `mm`, in user space: no step, but its accesses. */
  beginIn(mm: number): void {
    this.#user = mm;
    this.#items.push({ is: 'stay', mm, how: 'found' });
  }

  /**
   * A switch to a task of `mm`; nothing when it is a thread switch within it. Returns whether a step was
   * added.
   */
  run(mm: number): boolean {
    if (this.#user === mm) return false;
    this.#user = mm;
    this.#items.push({ is: 'step', step: { op: 'run', mm }, mm: null }, { is: 'stay', mm, how: 'switched' });
    return true;
  }

  /** Whether the CPU switches to `mm` somewhere. */
  runs(mm: number): boolean {
    return this.#items.some((item) => item.is === 'step' && item.step.op === 'run' && item.step.mm === mm);
  }

  /**
   * To a kernel thread or idle; nothing when the CPU is in one already, unless it now leaves its mm (`deep`).
   */
  leaveUser(step: ScriptStep): boolean {
    const deep = step.op === 'idle' && step.deep === true;
    if (this.#user === null && !deep) return false;
    const last = this.#items.at(-1);
    if (this.#user === null && last?.is === 'step' && last.step.op === 'idle') this.#items.pop();
    this.#user = null;
    this.#items.push({ is: 'step', step, mm: null });
    return true;
  }

  /** A client operation or an access of the current task. */
  push(step: ScriptStep): void {
    const last = this.#items.at(-1);
    // A fault that comes twice (major, then spurious) is one access.
    if (step.op === 'access' && last?.is === 'step' && sameAccess(last.step, step)) return;
    this.#items.push({ is: 'step', step, mm: this.#user });
  }

  /** Takes the last step back if it is an access to `page`: the operation that follows makes it itself. */
  dropAccess(page: number): void {
    const last = this.#items.at(-1);
    if (last?.is === 'step' && last.step.op === 'access' && last.step.page === page) this.#items.pop();
  }

  /** Somebody else flushed `range` of the mm while this CPU runs it. */
  flushedByOther(range: MappedRange): void {
    if (this.#user !== null) this.#items.push({ is: 'flushed', mm: this.#user, range });
  }

  /**
   * The window ends while the CPU runs an mm: its accesses once more, so that the last flush has somebody to
   * meet.
   */
  endWindow(): void {
    if (this.#user !== null && this.#items.length > 1) this.#items.push({ is: 'end', mm: this.#user });
  }

  /**
   * Puts stays from before the window first, and `found`: how the CPU gets from the last of them into what
   * the window finds it in.
   */
  beginEarlier(stays: readonly EarlierStay[], found: readonly ScriptStep[]): void {
    const items = stays.flatMap((stay, index): Item[] => {
      const run: StepItem[] = index === 0 ? [] : [{ is: 'step', step: { op: 'run', mm: stay.mm }, mm: null }];
      return [...run, { is: 'earlier', ...stay }];
    });
    this.#items.unshift(...items, ...found.map((step): StepItem => ({ is: 'step', step, mm: null })));
  }

  /**
   * Drops the end of the script from where it touches no mm of `flushed` any more; returns how many recorded
   * steps went.
   */
  dropTail(flushed: ReadonlySet<number>): number {
    const idle = (item: Item): boolean =>
      item.is === 'step' && (item.step.op === 'idle' || item.step.op === 'kthread');
    const elsewhere = (item: Item): boolean => {
      if (item.is !== 'step') return !flushed.has(item.mm);
      if (item.step.op === 'run') return !flushed.has(item.step.mm);
      return item.step.op === 'access' && item.mm !== null && !flushed.has(item.mm);
    };
    let from = this.#items.length;
    for (let i = from - 1; i >= 0; i--) {
      const item = this.#items[i];
      if (item === undefined || !(idle(item) || elsewhere(item))) break;
      // A CPU that goes idle at its end may be lazy in a flushed mm: that stays, unless it comes from
      // elsewhere.
      if (elsewhere(item)) from = i;
    }
    return this.#items.splice(from).filter((item) => item.is === 'step').length;
  }

  /** Ends the CPU's last stay in `mm` with the task's exit, if it has one. Returns whether it had. */
  exitAtLastStay(mm: number): boolean {
    let at = -1;
    for (let i = this.#items.length - 1; i >= 0 && at === -1; i--) {
      if (this.#items[i]?.mm === mm) at = i;
    }
    if (at === -1) return false;
    this.#items.splice(at + 1, 0, { is: 'step', step: { op: 'exit' }, mm });
    const next = this.#items[at + 2];
    // After its exit the CPU is in a kernel thread already.
    if (next?.is === 'step' && next.step.op === 'kthread') this.#items.splice(at + 2, 1);
    if (this.#user === mm) this.#user = null;
    return true;
  }

  /** The script with the marks turned into accesses. `plans` are by mm index. */
  render(plans: readonly AccessPlan[], budget: AccessBudget): ScriptStep[] {
    const accesses = new Accesses(plans, budget);
    const steps: ScriptStep[] = [];
    let marks: Mark[] = [];
    for (const item of this.#items) {
      if (item.is !== 'step') {
        marks.push(item);
        continue;
      }
      steps.push(...accesses.at(marks), item.step);
      marks = [];
    }
    return [...steps, ...accesses.at(marks)];
  }
}

function sameAccess(a: ScriptStep, b: ScriptStep): boolean {
  return a.op === 'access' && b.op === 'access' && a.page === b.page && a.write === b.write;
}
