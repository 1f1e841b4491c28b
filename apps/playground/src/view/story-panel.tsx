import type { Player } from '../player.js';
import type { TakeoverStep } from '../story/takeover-steps.js';
import { Card } from './card.js';

/** What happens, in words: a takeover step by step while there is one, and the newest sentences. */
export function StoryPanel({ player }: { readonly player: Player }) {
  player.told.value;
  const { takeover, narrator } = player.story;
  const { steps } = takeover;
  const newest = narrator.sentences.slice(-SHOWN).reverse();
  return (
    <Card kind="fitted" title="What happens">
      {steps.length === 0 ? <Waiting /> : <Takeover steps={steps} took={took(player)} />}
      <ol class="story" id="story" aria-live="polite">
        {newest.map(({ at, tone, text }, index) => (
          <li key={`${at} ${newest.length - index} ${text}`} class={tone}>
            <time>{(at / 1000).toFixed(2)}</time> {text}
          </li>
        ))}
      </ol>
    </Card>
  );
}

const SHOWN = 60;

/** How long the last takeover took, once it is over. */
function took({ story }: Player): string {
  const { since, overAt } = story.takeover;
  if (since === undefined || overAt === undefined) return 'takes place';
  return `took ${((overAt - since) / 1000).toFixed(2)} s`;
}

function Waiting() {
  return (
    <p class="waiting">
      One daemon, marked ★, orders the messages of the group. <b>Kill it</b>, and see here step by
      step how another takes over without losing, doubling or reordering anything.
    </p>
  );
}

function Takeover({
  steps,
  took: tookText,
}: {
  readonly steps: readonly TakeoverStep[];
  readonly took: string;
}) {
  return (
    <div class="takeover" id="takeover">
      <h3>
        A takeover <small>{tookText}</small>
      </h3>
      <ol>
        {steps.map(({ title, state, words }) => (
          <li key={title} class={state}>
            <b>{title}</b>
            <span>{words}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
