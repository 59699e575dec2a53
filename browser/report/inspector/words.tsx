import type { Looked } from '../execution.js';

interface Props {
  readonly looked: Looked;
  readonly at: number;
  /** Words that no step changes, too. */
  readonly showsAll: boolean;
  /** Whose words: a CPU's, or nobody's. */
  readonly owner: number | null;
  readonly title: string;
}

/** Words of memory: before the step, and after it where it changes them. */
export function Words({ looked, at, showsAll, owner, title }: Props) {
  const { words } = looked;
  const shown = words.of(owner).filter((word) => showsAll || words.changesAtAll(word));
  const read = words.readBy(at);
  if (shown.length === 0) return null;
  return (
    <table class="words">
      <caption>{title}</caption>
      <tbody>
        {shown.map((word) => {
          const [before, after] = [words.after(word, at - 1), words.after(word, at)];
          const isChanged = before !== after;
          const marks = [isChanged ? 'changed' : '', word === read ? 'read' : ''].filter(Boolean).join(' ');
          return (
            <tr key={word} class={marks}>
              <th scope="row">{words.words[word].name}</th>
              <td>{isChanged ? `${before} → ${after}` : after}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
