import type { Player, Speed } from '../player.js';
import { DAEMONS_LEAST, DAEMONS_MOST } from '../stage/settings.js';

/** How time passes: play and pause, single steps, the speed; and which run this is. */
export function Transport({ player }: { readonly player: Player }) {
  const isPlaying = player.plays.value;
  return (
    <div class="transport">
      <button
        type="button"
        id="play"
        class="primary"
        onClick={() => {
          player.plays.value = !isPlaying;
        }}
      >
        {isPlaying ? '❚❚ Pause' : '▶ Play'}
      </button>
      <button
        type="button"
        id="step"
        title="One event: a message that arrives, a timer that goes off"
        onClick={() => player.stepEvent()}
      >
        Step
      </button>
      <button
        type="button"
        id="step-story"
        title="On to the next thing that belongs to the story"
        onClick={() => player.stepStory()}
      >
        Next
      </button>
      <label>
        Speed
        <select
          id="speed"
          value={String(player.speed.value)}
          onChange={({ currentTarget }) => {
            player.speed.value = speedIn(currentTarget.value);
          }}
        >
          {SPEEDS.map(([speed, name]) => (
            <option key={name} value={String(speed)}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <Clock player={player} />
      <RunChoice player={player} />
    </div>
  );
}

const SPEEDS: readonly (readonly [Speed, string])[] = [
  ['auto', 'slow when it counts'],
  [0.05, '1/20'],
  [0.2, '1/5'],
  [0.5, '1/2'],
  [1, 'as real'],
  [4, '4 ×'],
];

function speedIn(text: string): Speed {
  return SPEEDS.find(([speed]) => String(speed) === text)?.[0] ?? 'auto';
}

function Clock({ player }: { readonly player: Player }) {
  player.frame.value;
  const pace = player.isReplaying ? 'replays its link' : paceOf(player);
  return (
    <output class="clock" id="clock">
      {(player.run.now / 1000).toFixed(2)} s <small>{pace}</small>
    </output>
  );
}

function paceOf(player: Player): string {
  if (!player.plays.value) return 'stands still';
  return player.pace === 1 ? 'as real' : `${player.pace} ×`;
}

function RunChoice({ player }: { readonly player: Player }) {
  player.told.value;
  const { seed, daemons } = player.run;
  const open = (next: { readonly seed: number; readonly daemons: number }): void => {
    history.replaceState(null, '', location.pathname + location.search);
    player.written = '';
    player.open({ ...next, actions: [], at: 0 }, 'from the start');
  };
  const counts = Array.from(
    { length: DAEMONS_MOST - DAEMONS_LEAST + 1 },
    (_, i) => DAEMONS_LEAST + i,
  );
  return (
    <span class="run-choice">
      <label>
        Daemons
        <select
          id="daemons"
          value={daemons}
          onChange={({ currentTarget }) => open({ seed, daemons: Number(currentTarget.value) })}
        >
          {counts.map((count) => (
            <option key={count} value={count}>
              {count}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        id="new-run"
        title="The same domain with other chances"
        onClick={() => open({ seed: (seed % 9_999) + 1, daemons })}
      >
        Seed {seed} ↻
      </button>
    </span>
  );
}
