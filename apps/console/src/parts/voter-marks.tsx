import type { Voter, VoterState } from '../model/voters.js';
import { plural } from '../model/words.js';

/** More voters than these are a field of dots, with the names of those that are missing. */
const NAMED_MAX = 64;
const MISSING_MAX = 24;

const WORDS: Readonly<Record<VoterState, string>> = {
  approve: 'approve',
  reject: 'reject',
  continue: 'continue',
  default: 'default vote',
  missing: 'missing',
  voted: 'has voted',
  unknown: 'not seen from here',
};

const SIGNS: Readonly<Record<VoterState, string>> = {
  approve: '✓',
  reject: '✕',
  continue: '↻',
  default: '◐',
  missing: '…',
  voted: '•',
  unknown: '?',
};

/** A mark for each voter. */
export function VoterMarks({ voters }: { voters: readonly Voter[] }) {
  const missing = voters.filter(({ state }) => state === 'missing');
  const voted = voters.filter(({ state }) => state !== 'missing' && state !== 'unknown').length;
  return (
    <div class="voters">
      <p class="quiet">
        {voted.toLocaleString('en')} of {plural(voters.length, 'voter')} have voted
      </p>
      {voters.length > NAMED_MAX ? (
        <>
          <Dots voters={voters} />
          <Marks voters={missing.slice(0, MISSING_MAX)} />
          {missing.length > MISSING_MAX ? (
            <p class="quiet">and {missing.length - MISSING_MAX} more are missing</p>
          ) : null}
        </>
      ) : (
        <Marks voters={voters} />
      )}
    </div>
  );
}

function Marks({ voters }: { voters: readonly Voter[] }) {
  return (
    <ul class="voter-marks" aria-label="Voters">
      {voters.map(({ id, state }) => (
        <li key={id} class={`voter ${state}`}>
          <span class="sign" aria-hidden="true">
            {SIGNS[state]}
          </span>
          <span class="voter-id">{id}</span>
          <span class="voter-word">{WORDS[state]}</span>
        </li>
      ))}
    </ul>
  );
}

const DOT = 9;
const PER_ROW = 60;

/** One path for each state: a thousand voters are a few elements. */
function Dots({ voters }: { voters: readonly Voter[] }) {
  const paths = new Map<VoterState, string[]>();
  for (const [at, { state }] of voters.entries()) {
    const x = (at % PER_ROW) * DOT;
    const y = Math.floor(at / PER_ROW) * DOT;
    const path = paths.get(state) ?? [];
    path.push(`M${x} ${y}h7v7h-7z`);
    paths.set(state, path);
  }
  const height = Math.ceil(voters.length / PER_ROW) * DOT;
  return (
    <svg class="voter-dots" viewBox={`0 0 ${PER_ROW * DOT} ${height}`} aria-hidden="true">
      {[...paths].map(([state, path]) => (
        <path key={state} class={`voter ${state}`} d={path.join('')} />
      ))}
    </svg>
  );
}
