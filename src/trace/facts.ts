/**
 * What a recording's text shows of its kernel besides the events: sizes of the probed functions, and how
 * arguments are printed.
 */

/** The text's own marks of the kernel that wrote it. */
export interface KernelMarks {
  /** Function to its size in bytes, from the places of probes (`flush_tlb_func+0x4/0x300`). */
  readonly symbolSizes: Readonly<Record<string, number>>;
  /** System call arguments have `0x` (since 6.17); null when the recording has none that tells. */
  readonly prefixedArguments: boolean | null;
}

const PLACE = /\(([A-Za-z_]\w{0,127})[\w.]{0,64}\+0x[0-9a-f]{1,16}\/0x([0-9a-f]{1,8})(?: <- [\w.]{1,128})?\)/;
const ARGUMENT = /: (0x)?[0-9a-f]/;

/**
 * Collects the marks: the place of the first lines of each event, since a probe's function does not change.
 */
export class MarkCollector {
  private readonly seen = new Map<string, number>();
  private readonly sizes = Object.create(null) as Record<string, number>;
  private prefixed: boolean | null = null;

  /** Takes the text after the time of one line. */
  take(text: string): void {
    if (text.startsWith('sys_') && (text.includes('(') || text.startsWith('sys_enter_'))) {
      this.takeArguments(text);
      return;
    }
    const colon = text.indexOf(': (');
    if (colon <= 0 || colon > 32) return;
    const name = text.slice(0, colon);
    const times = this.seen.get(name) ?? 0;
    // A return probe names its caller, of which there are several.
    if (times >= LOOKED_AT) return;
    this.seen.set(name, times + 1);
    const match = PLACE.exec(text);
    if (match !== null) this.sizes[match[1] ?? ''] = Number.parseInt(match[2] ?? '', 16);
  }

  private takeArguments(text: string): void {
    if (this.prefixed === true) return;
    const match = ARGUMENT.exec(text);
    // A lone 0 has no prefix on any kernel.
    if (match?.[1] === '0x') this.prefixed = true;
    else if (/: [0-9a-f]{2}/.test(text)) this.prefixed ??= false;
  }

  marks(): KernelMarks {
    return { symbolSizes: this.sizes, prefixedArguments: this.prefixed };
  }
}

/** Lines of each event whose place is read. */
const LOOKED_AT = 8;
