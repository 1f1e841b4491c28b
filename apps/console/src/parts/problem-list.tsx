import type { Problem } from '../model/problems.js';
import { linkTo } from '../route.js';
import { Card } from './card.js';

const SHOWN_MAX = 12;

/** What is wrong, the worst first; an empty list says so as well. */
export function ProblemList({ problems, calm }: { problems: readonly Problem[]; calm: string }) {
  if (problems.length === 0) {
    return (
      <section class="calm" aria-label="Problems">
        <svg viewBox="0 0 24 24" width="28" height="28" aria-hidden="true">
          <circle cx="12" cy="12" r="10.500" />
          <path d="m7.500 12.500 3 3 6-6.500" />
        </svg>
        <p>
          <strong>All is well.</strong> <span class="quiet">{calm}</span>
        </p>
      </section>
    );
  }
  const rest = problems.length - SHOWN_MAX;
  return (
    <Card title={`Problems (${problems.length})`} class="problems">
      <ul class="problem-list">
        {problems.slice(0, SHOWN_MAX).map((problem) => (
          <li key={problem.text} class={problem.severity}>
            <strong>{problem.text}</strong> <span class="quiet">{problem.hint}</span>
            {problem.group === undefined ? null : (
              <a href={linkTo('group', problem.group)}>look at {problem.group}</a>
            )}
          </li>
        ))}
      </ul>
      {rest > 0 ? <p class="quiet">and {rest} more</p> : null}
    </Card>
  );
}
