import * as K from '../machine/op-kinds.js';
import {
  headerFields,
  PAYLOAD_HEADER,
  PAYLOAD_PAGE,
  PAYLOAD_PCID,
  PAYLOAD_WORDS,
  RAR_INVPCID_ADDR,
  RAR_INVPCID_PCID,
} from '../machine/remote-actions.js';
import { flushCause } from './cause.js';
import type { StaleChange } from './flush-story.js';
import type { RawStep } from './raw-step.js';
import type { Part, Story } from './story.js';

/** A flush by remote action request: who was signalled, and what the target's microcode made of it. */

/** The initiator's signal to the target between a request and a use; undefined: it sent it none. */
export function signalTo(
  { steps }: Story,
  from: number,
  until: number,
  initiator: number,
  target: number,
): RawStep | undefined {
  return steps.findLast(
    ({ step, cpu, kind, a }) =>
      step > from && step < until && cpu === initiator && kind === K.OP_SEND_RAR && a === target,
  );
}

/** Why the entry outlived the request; null if the request dropped it. */
export function unacted(
  story: Story,
  asked: RawStep,
  until: number,
  target: number,
  { entry, executed }: Pick<StaleChange, 'entry' | 'executed'>,
): Part | null {
  const { step: from, cpu: initiator, b: slot } = asked;
  const returned = story.after(from, (step) => step.cpu === initiator && story.returns(step));
  const end = Math.min(until, returned?.step ?? until);
  const acted = story.steps.find(
    ({ step, cpu, kind, value }) =>
      step > from && step < end && cpu === target && kind === K.STEP_REMOTE_ACTION && value === slot,
  );
  if (acted === undefined) {
    if (returned === undefined || returned.step > until) return null;
    const words = `CPU${initiator} went on before CPU${target}'s microcode had carried out payload ${slot}`;
    story.mark(asked, `CPU${initiator} signals CPU${target}, and goes on before its microcode has acted`);
    return { words, cause: flushCause('notServed'), step: asked.step };
  }
  const named = payloadAt(story, acted, slot);
  if (named === null) return null;
  const { subtype, pages, pcid, page } = named;
  const isRange = subtype === RAR_INVPCID_ADDR;
  if ((isRange || subtype === RAR_INVPCID_PCID) && pcid !== entry.pcid) {
    const words = `payload ${slot} named PCID ${pcid}, and the entry is under PCID ${entry.pcid}`;
    story.mark(acted, words);
    return { words, cause: flushCause('otherPcid'), step: acted.step };
  }
  if (isRange && (entry.page < page || entry.page >= page + pages)) {
    const which =
      pages === 0 ? 'no page' : pages === 1 ? `page ${page}` : `pages ${page}-${page + pages - 1}`;
    const words = `payload ${slot} named ${which}, not page ${entry.page}`;
    story.mark(acted, words);
    return { words, cause: flushCause('otherPages'), step: acted.step };
  }
  if (executed.step < acted.step && until > acted.step) {
    const words = `CPU${target}'s microcode answered while a store through the entry was in its store buffer`;
    story.mark(acted, words);
    return { words, cause: flushCause('answeredEarly'), step: acted.step };
  }
  if (initiator !== target) return null;
  const { remoteActions } = story.machine.program;
  if (remoteActions?.actsOnSelf !== false) return null;
  const words = `CPU${target}'s microcode answered its own CPU's request and dropped nothing`;
  story.mark(acted, words);
  return { words, cause: flushCause('answeredEarly'), step: acted.step };
}

/** What the payload said when microcode looked at it. */
function payloadAt(story: Story, { step: until }: RawStep, slot: number) {
  const { remoteActions, image } = story.machine.program;
  if (remoteActions == null) return null;
  const at = remoteActions.payloads + slot * PAYLOAD_WORDS;
  const word = (offset: number): number =>
    story.steps
      .filter(({ step }) => step < until)
      .flatMap(({ writes }) => writes)
      .findLast(({ address }) => address === at + offset)?.value ?? image[at + offset];
  return { ...headerFields(word(PAYLOAD_HEADER)), pcid: word(PAYLOAD_PCID), page: word(PAYLOAD_PAGE) };
}
