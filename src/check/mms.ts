/**
 * Which mm a pointer stands for. A handle of the simulated kernel stands for a pointer; when the pointer
 * comes back with another ctx_id, the handle begins a new life.
 */
import { FIRST_USER_MM, INIT_MM } from '../kernel/constants.js';
import type { TraceEvent } from '../trace/events.js';
import { INIT_CTX } from '../trace/machine-state.js';
import { TraceError } from '../trace/trace-error.js';

export const MAX_MMS = 4096;

/** init_mm is the one mm that is no slab object: it lies in the kernel image. */
const isStatic = (pointer: string): boolean => pointer.startsWith('0xffffffff');

export class MmView {
  /** ctx_id of the mm, null until a line names it. */
  ctx: number | null = null;
  /**
   * Another ctx_id that a line gave the mm while it cannot have been freed; null where the last gave its own.
   */
  doubted: number | null = null;
  /**
   * Whether the generation is known: false before its first sight and after increments that are not recorded.
   */
  genKnown = false;
  /** Whether the generation was ever seen. */
  genSeen = false;
  /** Whether its mask was ever seen, or began empty within the recording. */
  maskSeen: boolean;
  /** Whether its global ASID is known, or that it has none. */
  asidKnown = false;
  /** Whether that of the pointer's last mm, which is not given back yet, is known. */
  leavesAsid = false;
  /** The page table that CR3 had with the mm, null until it was seen. */
  pageTable: bigint | null = null;
  /** When trimming its mask is due: not before the one, at the latest at the other (microseconds). */
  trimFrom = Number.NEGATIVE_INFINITY;
  trimBy = Number.POSITIVE_INFINITY;

  /**
   * `born`: the mm came to be within the recording, so that no CPU has a slot for it that has not been seen.
   */
  constructor(readonly born: boolean) {
    this.maskSeen = born;
  }
}

export class Mms {
  private readonly handles = new Map<string, number>();
  readonly views: MmView[];
  /** Handle of the mm that a CPU has loaded before anything was seen of it. */
  readonly unknown: number;

  /** Whether the recording shows when mms are freed. */
  private readonly showsDrops: boolean;

  constructor(events: readonly TraceEvent[], file: string) {
    this.showsDrops = events.some((event) => event.kind === 'mmdrop');
    for (const event of events) {
      const pointer = event.kind === 'switch_mm' ? event.next : 'mm' in event ? event.mm : null;
      if (pointer === null || pointer === '0x0' || this.handles.has(pointer)) continue;
      if (isStatic(pointer) || (event.kind === 'switch_mm' && event.nctx === INIT_CTX))
        this.handles.set(pointer, INIT_MM);
      else this.handles.set(pointer, FIRST_USER_MM + this.users++);
      if (this.users > MAX_MMS) {
        const what = `more than ${MAX_MMS} address spaces`;
        throw new TraceError(file, event.line, what, 'expected at most that many');
      }
      if (event.kind === 'switch_mm' && event.prev !== '0x0' && !this.handles.has(event.prev)) {
        this.handles.set(event.prev, isStatic(event.prev) ? INIT_MM : FIRST_USER_MM + this.users++);
      }
    }
    this.unknown = FIRST_USER_MM + this.users++;
    this.views = Array.from({ length: FIRST_USER_MM + this.users }, () => new MmView(false));
  }

  /** User mms, the unknown one included. */
  users = 0;

  /** Handle of a pointer that occurs in the recording; 0 for the null pointer. */
  handle(pointer: string): number {
    return pointer === '0x0' ? 0 : (this.handles.get(pointer) ?? 0);
  }
  view(handle: number): MmView {
    return this.views[handle];
  }

  /**
   * A line says that the mm has this ctx_id: true when that makes it another mm than before. A pointer gets
   * another mm only after the old one was freed: while that cannot be (`loaded`: on a CPU), one line that
   * says so is doubted, a second is believed.
   */
  named(handle: number, ctx: number, loaded: boolean): boolean {
    const view = this.views[handle];
    if (handle === INIT_MM) return false;
    const doubted = view.doubted;
    view.doubted = null;
    if (view.ctx === ctx) return false;
    const renewed = view.ctx !== null;
    if (renewed && (loaded || this.showsDrops) && doubted !== ctx) {
      view.doubted = ctx;
      return false;
    }
    if (renewed) this.views[handle] = new MmView(true);
    this.views[handle].ctx = ctx;
    return renewed;
  }

  /** The mm is freed: the pointer's next mm is a new one. */
  dropped(handle: number): void {
    const { asidKnown } = this.views[handle];
    this.views[handle] = new MmView(true);
    this.views[handle].leavesAsid = asidKnown;
  }
}
