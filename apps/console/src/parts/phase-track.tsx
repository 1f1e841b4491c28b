import type { Running } from '../api/answers.js';
import type { Phase } from '../model/history.js';
import { durationText } from '../model/words.js';

/** So many stand in a row; of a longer protocol the last ones. */
const SHOWN_MAX = 8;

/** The phases as a track: those behind, the present one, and as far as it is known what comes. */
export function PhaseTrack({ running, phases }: { running: Running; phases: readonly Phase[] }) {
  const { phase: present } = running;
  const last = lastOf(running);
  const from = Math.max(1, Math.min(present - SHOWN_MAX + 2, last - SHOWN_MAX + 1));
  const count = Math.min(last - from + 1, SHOWN_MAX);
  const shown = Array.from({ length: count }, (_, at) => from + at);
  return (
    <ol class="track" aria-label={`Phase ${present}${endText(running)}`}>
      {shown.map((number) => {
        const known = phases.find((phase) => phase.number === number);
        const state = number < present ? 'done' : number === present ? 'now' : 'next';
        const took = known?.to === undefined ? undefined : durationText(known.to - known.from);
        return (
          <li key={number} class={state} aria-current={state === 'now' ? 'step' : undefined}>
            <span class="stop">{number}</span>
            <span class="stop-text">{took ?? (state === 'now' ? 'voting' : '')}</span>
          </li>
        );
      })}
      <li class="next end">
        <span class="stop">✓</span>
        <span class="stop-text">result</span>
      </li>
    </ol>
  );
}

function lastOf({ phases, phase }: Running): number {
  return typeof phases === 'object' ? Math.max(phase, phases.exactly) : phase;
}

function endText({ phases, maxPhases }: Running): string {
  if (typeof phases === 'object') return ` of ${phases.exactly}`;
  return maxPhases > 0 ? `, at most ${maxPhases}` : '';
}
