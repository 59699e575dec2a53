import type { Chart } from './charts.js';
import type { Place } from './place.js';

/** A chart of bars: text first, since the bars only help to see it. */

interface Props {
  readonly chart: Chart;
  readonly go: (change: Partial<Place>) => void;
}

const BAR_COLUMNS = 360;
const ROW_HEIGHT = 20;

export function ChartView({ chart, go }: Props) {
  const { title, groups, most } = chart;
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      {groups.map((group) => (
        <table key={group.title} aria-label={`${title}${group.title === '' ? '' : `: ${group.title}`}`}>
          {group.title !== '' && <caption>{group.title}</caption>}
          <tbody>
            {group.bars.map(({ label, value, text, witness }, index) => (
              <tr key={index}>
                <th scope="row">
                  {witness === null ? (
                    label
                  ) : (
                    <a
                      href={`#witness=${witness}`}
                      onClick={(event) => {
                        event.preventDefault();
                        go({ witness, step: null });
                      }}
                    >
                      {label}
                    </a>
                  )}
                </th>
                <td class="bar">
                  <svg
                    width={BAR_COLUMNS}
                    height={ROW_HEIGHT}
                    viewBox={`0 0 ${BAR_COLUMNS} ${ROW_HEIGHT}`}
                    preserveAspectRatio="none"
                    aria-hidden="true"
                  >
                    <rect
                      width={most === 0 ? 0 : (value / most) * BAR_COLUMNS}
                      height={ROW_HEIGHT - 6}
                      y={3}
                      rx={2}
                    />
                  </svg>
                </td>
                <td class="number">{text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </figure>
  );
}
