/**
 * A recording's summary as a page of plain text, at most 100 columns wide.
 */

import { provenMissing } from './counted.js';
import type { CpuInfo, ScenarioInfo, TraceInfo } from './info-types.js';
import { neededForScenario, type Probe } from './probes.js';
import { escapeText } from './trace-error.js';
import { RELAXED_RULE, WINDOW_RULE } from './window.js';

const WIDTH = 100;
const MAX_MM_ROWS = 12;
const MAX_CPU_ROWS = 32;

/** What no line of the recording tells. */
const UNKNOWN = '-';
const figure = (number: number | null): string => (number === null ? UNKNOWN : String(number));

const seconds = (microseconds: number): string => (microseconds / 1_000_000).toFixed(3);

/** `text` cut to the page's width. */
const clip = (text: string, width: number = WIDTH): string =>
  text.length <= width ? text : `${text.slice(0, width - 3)}...`;

/** Words joined by ", " over as many lines as they need, each indented. */
function wrap(words: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  words.forEach((word, index) => {
    const piece = clip(index === words.length - 1 ? word : `${word},`, WIDTH - indent.length);
    if (line !== indent && line.length + piece.length + 1 > WIDTH) {
      lines.push(line);
      line = indent;
    }
    line += line === indent ? piece : ` ${piece}`;
  });
  if (line !== indent) lines.push(line);
  return lines;
}

/** Rows in columns: the first, and with `textLast` the last, to the left; numbers to the right. */
function columns(rows: readonly (readonly string[])[], textLast = false): string[] {
  const last = (rows[0]?.length ?? 0) - 1;
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const place = (cell: string, i: number): string =>
    i === 0 || (textLast && i === last) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0);
  return rows.map((row) => clip(`  ${row.map(place).join('  ')}`.trimEnd()));
}

function counts(group: Readonly<Record<string, number>>, indent: string): string[] {
  const words = Object.entries(group)
    .sort(([nameA, a], [nameB, b]) => b - a || (nameA < nameB ? -1 : 1))
    .map(([name, number]) => `${number} ${escapeText(name)}`);
  return words.length === 0 ? [`${indent}nothing`] : wrap(words, indent);
}

function cpuRow(cpu: CpuInfo, index: number, span: number): string[] {
  const pcids = Object.entries(cpu.pcids ?? {}).sort(([a], [b]) => Number(a) - Number(b));
  const asids = cpu.pcids === null ? UNKNOWN : pcids.map(([pcid, number]) => `${pcid}:${number}`).join(' ');
  const share =
    cpu.lazyTime === null ? UNKNOWN : `${span === 0 ? 0 : Math.round((100 * cpu.lazyTime) / span)}%`;
  return [
    `cpu ${index}`,
    ...[cpu.schedSwitches, cpu.cr3Flush, cpu.cr3NoFlush, cpu.lazyStretches].map(figure),
    share,
    String(cpu.sent),
    String(cpu.served),
    asids,
  ];
}

/** The default window's scenario, so that nobody needs to hunt it to see what it stands for. */
function scenarioLines({ mms, pages, steps, notes }: ScenarioInfo): string[] {
  const words = (note: string): string[] => escapeText(note).split(', ');
  return [
    `  as a scenario: ${mms} mms, ${pages} pages, ${steps} script steps`,
    ...notes.flatMap((note) => wrap(words(note), '    ')),
  ];
}

/** What each probe's lines tell. */
const TELLS: Readonly<Record<Probe, string>> = {
  flush_mm_range: 'who asks for which flush of which mm',
  flush_mm_range_ret: 'which function asks',
  batch_flush: 'batches of reclaim',
  native_flush_multi: 'sends',
  flush_func: 'who serves them: "served" are those that flushed',
  should_flush: 'which CPUs are asked for',
  should_flush_ret: 'which CPUs are spared',
  switch_mm: 'which mm each CPU runs',
  write_cr3: 'ASIDs',
  enter_lazy: 'lazy CPUs',
  tlb_flush: 'what is flushed',
  'ipi_*': 'IPIs sent',
  exit_mmap: 'exits of mms',
  mmdrop: 'frees of mms',
};

/** Probes without a line; empty where each has one. */
function missingSection({ missingProbes: missing }: TraceInfo): string[] {
  const words = (proven: boolean): string[] =>
    missing.filter((probe) => probe.proven === proven).map(({ probe }) => `${probe} (${TELLS[probe]})`);
  const [surely, perhaps] = [words(true), words(false)];
  if (surely.length === 0) return [];
  return [
    '',
    'Missing probes, as other lines show (docs/recording.md has them); what they alone tell is "-" below',
    ...wrap(surely, '  '),
    ...(perhaps.length === 0 ? [] : ['  and without a line, which may be so:', ...wrap(perhaps, '    ')]),
  ];
}

function headSection(info: TraceInfo): string[] {
  const span = info.lastTime - info.firstTime;
  const lost = info.lostEvents === 0 ? 'none lost' : `${info.lostEvents} lost by the tracer`;
  const optional = (label: string, text: string | null): string[] =>
    text === null ? [] : [clip(`  ${label.padEnd(9)} ${escapeText(text)}`)];
  return [
    clip(escapeText(info.name)),
    ...optional('kernel', info.kernel ?? 'not named (no meta file beside the recording)'),
    ...optional('', info.kernelVersion),
    ...optional('machine', info.machine),
    ...optional('workload', info.workload),
    `  CPUs      ${info.cpus}`,
    info.ticks
      ? `  time      ${span} ticks (${info.firstTime} to ${info.lastTime})`
      : `  time      ${seconds(span)} s (${seconds(info.firstTime)} to ${seconds(info.lastTime)})`,
    `  events    ${info.events} in ${info.lines} lines, ${lost}`,
    ...(Object.keys(info.unknown).length > 0
      ? ['  not known here:', ...counts(info.unknown, '            ')]
      : []),
  ];
}

function requestSection({ callers, reclaimBatches, missingProbes }: TraceInfo): string[] {
  const rows = Object.entries(callers)
    .sort(([nameA, a], [nameB, b]) => b.requests - a.requests || (nameA < nameB ? -1 : 1))
    .map(([name, c]) => [
      clip(escapeText(name), 50),
      String(c.requests),
      String(c.whole),
      String(c.freedTables),
    ]);
  const none = provenMissing(missingProbes).has('flush_mm_range') ? UNKNOWN : 'none';
  return [
    '',
    'Flush requests (flush_tlb_mm_range), by who asked',
    ...(rows.length === 0 ? [`  ${none}`] : columns([['', 'requests', 'whole mm', 'tables freed'], ...rows])),
    ...(reclaimBatches > 0 ? [`  and ${reclaimBatches} reclaim batches (arch_tlbbatch_flush)`] : []),
  ];
}

function reasonSection({ reasons }: TraceInfo): string[] {
  const rows = reasons.map((r) => [
    clip(`${r.reason} ${escapeText(r.text)}`, 50),
    String(r.full),
    String(r.pages),
    String(r.nothing),
  ]);
  return [
    '',
    'TLB flushes done or not (tlb_flush), by reason',
    ...(rows.length === 0 ? ['  none'] : columns([['', 'full', 'pages', 'nothing'], ...rows])),
  ];
}

function shootdownSection({ shootdowns: s }: TraceInfo): string[] {
  const byHypercall = (s.pvIpis ?? 0) > 0 ? `; ${s.pvIpis} went out by hypercall` : '';
  return [
    '',
    'Shootdowns',
    `  ${s.sends} sends (native_flush_tlb_multi), ${figure(s.withoutIpi)} of them without any IPI`,
    `  IPIs: ${figure(s.maskIpis)} by mask, ${figure(s.singleIpis)} single${byHypercall}`,
    ...((s.pv ?? 0) > 0
      ? [`  ${s.pv} through kvm_flush_tlb_multi, ${s.deferred} targets deferred to their next vCPU entry`]
      : []),
    `  should_flush_tlb: ${figure(s.shouldFlushYes)} yes, ${figure(s.shouldFlushNo)} no`,
  ];
}

function cpuSection({ perCpu, lastTime, firstTime }: TraceInfo): string[] {
  const rows = perCpu.slice(0, MAX_CPU_ROWS).map((cpu, index) => cpuRow(cpu, index, lastTime - firstTime));
  return [
    '',
    'CPUs: switches, CR3 writes, lazy stretches, shootdowns, ASID use (PCID:CR3 writes)',
    ...columns(
      [['', 'sched', 'cr3 flush', 'no flush', 'lazy', 'of time', 'sent', 'served', 'ASIDs'], ...rows],
      true,
    ),
    ...(perCpu.length > MAX_CPU_ROWS ? [`  and ${perCpu.length - MAX_CPU_ROWS} more CPUs`] : []),
  ];
}

function mmSection({ mms, missingProbes }: TraceInfo): string[] {
  const rows = mms
    .slice(0, MAX_MM_ROWS)
    .map((mm) => [
      `ctx ${mm.ctx}`,
      ...[mm.flushes, mm.switches, mm.gen].map(String),
      clip(mm.cpus.join(' '), 20),
      mm.exited ? 'yes' : '',
      clip(mm.comms.map(escapeText).join(' '), 36),
    ]);
  const unknown = mms.length === 0 && provenMissing(missingProbes).has('switch_mm');
  return [
    '',
    `Address spaces: ${unknown ? UNKNOWN : mms.length}`,
    ...(rows.length > 0
      ? columns([['', 'flushes', 'switches', 'tlb_gen', 'CPUs', 'exited', 'flushed by'], ...rows], true)
      : []),
    ...(mms.length > MAX_MM_ROWS ? [`  and ${mms.length - MAX_MM_ROWS} more`] : []),
  ];
}

function importSection(info: TraceInfo): string[] {
  const needed = neededForScenario(info.missingProbes);
  if (needed.length > 0)
    return ['', `No scenario can be made of it (--scenario trace:FILE) without ${needed.join(', ')}`];
  const { windows } = info;
  const rule = windows.rule === 'relaxed' ? RELAXED_RULE : WINDOW_RULE;
  const w = windows.default;
  return [
    '',
    'In a scenario (--scenario trace:FILE), were all of it one window, these flushes would become',
    '  client operations:',
    ...counts(info.import.modelled, '    '),
    '  MADV_DONTNEED on their range:',
    ...counts(info.import.approximated, '    '),
    '  nothing:',
    ...counts(info.import.ignored, '    '),
    '',
    `Windows of ${rule.events} events with ${rule.flushes} flushes of shared mms, ${rule.switches} mm ` +
      `switches, ${rule.returns} returns`,
    ...(w === null
      ? ['  none; name one by --window A..B']
      : [
          `  ${windows.count}; the default is --window ${w.firstLine}..${w.lastLine}: ${w.flushes} ` +
            `flushes, ${w.switches} switches, ${w.returns} returns`,
        ]),
    ...(windows.scenario === null ? [] : scenarioLines(windows.scenario)),
  ];
}

const SECTIONS = [
  ...[headSection, missingSection, requestSection, reasonSection, shootdownSection],
  ...[cpuSection, mmSection, importSection],
] as const;

/** The page, lines separated by `\n`, ending in one. */
export function renderTraceInfo(info: TraceInfo): string {
  return `${SECTIONS.flatMap((section) => section(info)).join('\n')}\n`;
}
