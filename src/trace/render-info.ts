/**
 * A recording's summary as a page of plain text, at most 100 columns wide.
 */
import type { CpuInfo, ScenarioInfo, TraceInfo } from './info-types.js';
import { escapeText } from './trace-error.js';
import { RELAXED_RULE, WINDOW_RULE } from './window.js';

const WIDTH = 100;
const MAX_MM_ROWS = 12;
const MAX_CPU_ROWS = 32;

const seconds = (microseconds: number): string => (microseconds / 1_000_000).toFixed(3);

/** `text` cut to the page's width. */
const clip = (text: string, width: number = WIDTH): string => (text.length <= width ? text : `${text.slice(0, width - 3)}...`);

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
  const asids = Object.entries(cpu.pcids)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([pcid, number]) => `${pcid}:${number}`)
    .join(' ');
  const share = span === 0 ? 0 : Math.round((100 * cpu.lazyTime) / span);
  return [
    `cpu ${index}`,
    ...[cpu.schedSwitches, cpu.cr3Flush, cpu.cr3NoFlush, cpu.lazyStretches].map(String),
    `${share}%`,
    String(cpu.sent),
    String(cpu.served),
    asids,
  ];
}

/** The default window's scenario, so that nobody needs to hunt it to see what it stands for. */
function scenarioLines({ mms, pages, steps, notes }: ScenarioInfo): string[] {
  const words = (note: string): string[] => escapeText(note).split(', ');
  return [`  as a scenario: ${mms} mms, ${pages} pages, ${steps} script steps`, ...notes.flatMap((note) => wrap(words(note), '    '))];
}

/** The page, lines separated by `\n`, ending in one. */
export function renderTraceInfo(info: TraceInfo): string {
  const out: string[] = [];
  const span = info.lastTime - info.firstTime;
  const section = (title: string): void => void out.push('', title);
  out.push(clip(escapeText(info.name)));
  out.push(clip(`  kernel    ${info.kernel === null ? 'not named (no meta file beside the recording)' : escapeText(info.kernel)}`));
  if (info.kernelVersion !== null) out.push(clip(`            ${escapeText(info.kernelVersion)}`));
  if (info.machine !== null) out.push(clip(`  machine   ${escapeText(info.machine)}`));
  if (info.workload !== null) out.push(clip(`  workload  ${escapeText(info.workload)}`));
  out.push(`  CPUs      ${info.cpus}`);
  out.push(
    info.ticks
      ? `  time      ${span} ticks (${info.firstTime} to ${info.lastTime})`
      : `  time      ${seconds(span)} s (${seconds(info.firstTime)} to ${seconds(info.lastTime)})`,
  );
  out.push(
    `  events    ${info.events} in ${info.lines} lines, ${info.lostEvents === 0 ? 'none lost' : `${info.lostEvents} lost by the tracer`}`,
  );
  if (Object.keys(info.unknown).length > 0) {
    out.push('  not known here:', ...counts(info.unknown, '            '));
  }

  section('Flush requests (flush_tlb_mm_range), by who asked');
  const callers = Object.entries(info.callers).sort(([nameA, a], [nameB, b]) => b.requests - a.requests || (nameA < nameB ? -1 : 1));
  if (callers.length === 0) out.push('  none');
  else {
    out.push(
      ...columns([
        ['', 'requests', 'whole mm', 'tables freed'],
        ...callers.map(([name, c]) => [clip(escapeText(name), 50), String(c.requests), String(c.whole), String(c.freedTables)]),
      ]),
    );
  }
  if (info.reclaimBatches > 0) out.push(`  and ${info.reclaimBatches} reclaim batches (arch_tlbbatch_flush)`);

  section('TLB flushes done or not (tlb_flush), by reason');
  if (info.reasons.length === 0) out.push('  none');
  else {
    out.push(
      ...columns([
        ['', 'full', 'pages', 'nothing'],
        ...info.reasons.map((r) => [clip(`${r.reason} ${escapeText(r.text)}`, 50), String(r.full), String(r.pages), String(r.nothing)]),
      ]),
    );
  }

  section('Shootdowns');
  const s = info.shootdowns;
  out.push(`  ${s.sends} sends (native_flush_tlb_multi), ${s.withoutIpi} of them without any IPI`);
  out.push(`  IPIs: ${s.maskIpis} by mask, ${s.singleIpis} single${s.pvIpis > 0 ? `; ${s.pvIpis} went out by hypercall` : ''}`);
  if (s.pv > 0) out.push(`  ${s.pv} through kvm_flush_tlb_multi, ${s.deferred} targets deferred to their next vCPU entry`);
  out.push(`  should_flush_tlb: ${s.shouldFlushYes} yes, ${s.shouldFlushNo} no`);

  section('CPUs: switches, CR3 writes, lazy stretches, shootdowns, ASID use (PCID:CR3 writes)');
  const cpuRows = info.perCpu.slice(0, MAX_CPU_ROWS).map((cpu, index) => cpuRow(cpu, index, span));
  out.push(...columns([['', 'sched', 'cr3 flush', 'no flush', 'lazy', 'of time', 'sent', 'served', 'ASIDs'], ...cpuRows], true));
  if (info.perCpu.length > MAX_CPU_ROWS) out.push(`  and ${info.perCpu.length - MAX_CPU_ROWS} more CPUs`);

  section(`Address spaces: ${info.mms.length}`);
  const mmRows = info.mms
    .slice(0, MAX_MM_ROWS)
    .map((mm) => [
      `ctx ${mm.ctx}`,
      ...[mm.flushes, mm.switches, mm.gen].map(String),
      clip(mm.cpus.join(' '), 20),
      mm.exited ? 'yes' : '',
      clip(mm.comms.map(escapeText).join(' '), 36),
    ]);
  if (mmRows.length > 0) out.push(...columns([['', 'flushes', 'switches', 'tlb_gen', 'CPUs', 'exited', 'flushed by'], ...mmRows], true));
  if (info.mms.length > MAX_MM_ROWS) out.push(`  and ${info.mms.length - MAX_MM_ROWS} more`);

  section('In a scenario (--scenario trace:FILE), were all of it one window, these flushes would become');
  out.push('  client operations:', ...counts(info.import.modelled, '    '));
  out.push('  MADV_DONTNEED on their range:', ...counts(info.import.approximated, '    '));
  out.push('  nothing:', ...counts(info.import.ignored, '    '));

  const { windows } = info;
  const rule = windows.rule === 'relaxed' ? RELAXED_RULE : WINDOW_RULE;
  section(
    `Windows of ${rule.events} events with ${rule.flushes} flushes of shared mms, ${rule.switches} mm switches, ${rule.returns} returns`,
  );
  if (windows.default === null) out.push('  none; name one by --window A..B');
  else {
    const w = windows.default;
    out.push(
      `  ${windows.count}; the default is --window ${w.firstLine}..${w.lastLine}: ${w.flushes} flushes, ${w.switches} switches, ${w.returns} returns`,
    );
    if (windows.scenario !== null) out.push(...scenarioLines(windows.scenario));
  }
  return `${out.join('\n')}\n`;
}
