import type { HandSubject } from '../../../src/by-hand/hand-execution.js';

interface Props {
  readonly subject: HandSubject;
  /** The text of the finding that the execution is, or null. */
  readonly finding: string | null;
  readonly onTold: (words: string) => void;
  /** To the recorded execution; absent where that is shown, or there is none. */
  readonly onLeave?: () => void;
}

/** What of an execution can be kept, and the way out of it. */
export function TakenAlong({ subject, finding, onTold, onLeave }: Props) {
  return (
    <>
      <button type="button" onClick={async () => onTold(await copied(location.href))}>
        copy link
      </button>
      {finding !== null && (
        <button type="button" onClick={() => save(finding, subject)}>
          save as a finding
        </button>
      )}
      {onLeave !== undefined && (
        <button type="button" onClick={onLeave}>
          to the recorded one
        </button>
      )}
    </>
  );
}

async function copied(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return 'copied';
  } catch {
    return 'the address above is the link';
  }
}

/** A file that `shootdown replay` takes. */
function save(finding: string, { variant, scenario }: HandSubject): void {
  const url = URL.createObjectURL(new Blob([finding], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${variant}--${scenario.name}--by-hand.json`.replace(/[^\w.+~-]+/g, '--');
  link.click();
  URL.revokeObjectURL(url);
}
