import { useMemo, useState } from 'preact/hooks';
import type { GroupAnswer } from '../api/answers.js';
import { bytesOf, stateTexts } from '../model/state-text.js';
import { sizeText } from '../model/words.js';
import { Card } from './card.js';

type State = NonNullable<NonNullable<GroupAnswer['detail']>['state']>;
type Way = 'json' | 'text' | 'hex';

const SHOWN_MAX = 4_000;

/** The state value as text, JSON or bytes, whichever it can be. */
export function StateValue({ state }: { state: State | null }) {
  if (state === null) {
    return (
      <Card title="State value">
        <p class="quiet">There is none yet.</p>
      </Card>
    );
  }
  return (
    <Card title="State value" extra={<span class="quiet">{sizeText(state.bytes)}</span>}>
      <Value base64={state.base64} bytes={state.bytes} />
    </Card>
  );
}

function Value({ base64, bytes }: { base64: string; bytes: number }) {
  const [chosen, setChosen] = useState<Way | undefined>(undefined);
  const texts = useMemo(() => {
    const shown = bytesOf(base64);
    return stateTexts(shown, shown.length === bytes);
  }, [base64, bytes]);
  const ways = (['json', 'text', 'hex'] as const).filter((way) => texts[way] !== undefined);
  const way = chosen !== undefined && ways.includes(chosen) ? chosen : (ways[0] ?? 'hex');
  const text = texts[way] ?? '';
  return (
    <>
      <fieldset class="ways">
        <legend class="visually-hidden">Show the state value as</legend>
        {ways.map((one) => (
          <button type="button" key={one} aria-pressed={one === way} onClick={() => setChosen(one)}>
            {one === 'json' ? 'JSON' : one}
          </button>
        ))}
      </fieldset>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <pre class="value" tabIndex={0}>
        {text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text}
      </pre>
    </>
  );
}
