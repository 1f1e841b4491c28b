import type { Player } from '../player.js';
import { type Action, type Mood, moods } from '../stage/actions.js';
import { letterOf } from '../stage/listening.js';
import { cutsOf, leaderOf, mendsOf } from './scenarios.js';

/** Everything that can be done, by name: a row for the name server, and one for each daemon and its process. */
export function ControlTable({ player }: { readonly player: Player }) {
  player.told.value;
  player.frame.value;
  const numbers = Array.from({ length: player.run.daemons }, (_, index) => index + 1);
  const { chatter } = player.run;
  return (
    <div class="controls">
      <div class="row">
        <Daemon player={player} number={0} />
        <label class="chatter">
          <input
            type="checkbox"
            id="chatter"
            checked={chatter === 'on'}
            onChange={() =>
              player.act({ kind: 'chatter', chatter: chatter === 'on' ? 'off' : 'on' })
            }
          />
          processes talk on their own
        </label>
      </div>
      {numbers.map((number) => (
        <div class="row" key={number}>
          <Daemon player={player} number={number} />
          <Process player={player} number={number} />
        </div>
      ))}
    </div>
  );
}

function Do({
  player,
  action,
  id,
  children,
}: {
  readonly player: Player;
  readonly action: Action | readonly Action[];
  readonly id: string;
  readonly children: string;
}) {
  const actions = 'kind' in action ? [action] : action;
  return (
    <button
      type="button"
      id={id}
      onClick={() => {
        for (const each of actions) player.act(each);
      }}
    >
      {children}
    </button>
  );
}

function Daemon({ player, number }: { readonly player: Player; readonly number: number }) {
  const standing = player.run.standing(number);
  const name = number === 0 ? 'ns' : `n${number}`;
  const mends = mendsOf(player, number);
  const isLeader = number > 0 && leaderOf(player) === number && standing !== 'down';
  return (
    <span class={`who ${standing}`}>
      <b title={number === 0 ? 'the name server' : `daemon ${name}`}>
        {name}
        {isLeader ? <i title="leads the group"> ★</i> : null}
      </b>
      {standing === 'down' ? (
        <Do player={player} id={`start-${name}`} action={{ kind: 'start', daemon: number }}>
          Start
        </Do>
      ) : (
        <Do player={player} id={`kill-${name}`} action={{ kind: 'kill', daemon: number }}>
          Kill
        </Do>
      )}
      {number === 0 || standing === 'down' ? null : standing === 'paused' ? (
        <Do player={player} id={`resume-${name}`} action={{ kind: 'resume', daemon: number }}>
          Resume
        </Do>
      ) : (
        <Do player={player} id={`pause-${name}`} action={{ kind: 'pause', daemon: number }}>
          Pause
        </Do>
      )}
      {mends.length === 0 ? (
        <Do player={player} id={`cut-${name}`} action={cutsOf(player, number)}>
          Cut off
        </Do>
      ) : (
        <Do player={player} id={`heal-${name}`} action={mends}>
          Heal
        </Do>
      )}
    </span>
  );
}

function Process({ player, number }: { readonly player: Player; readonly number: number }) {
  const member = player.run.crew[number - 1];
  if (member === undefined) return null;
  const name = letterOf(number);
  const standing = member.isUp ? (member.provider === undefined ? 'joining' : 'up') : 'down';
  return (
    <span class={`who process ${standing} hue-${number}`}>
      <b title={`process ${name}, beside daemon n${number}`}>{name}</b>
      {member.isUp ? (
        <>
          <Do player={player} id={`send-${name}`} action={{ kind: 'send', process: number }}>
            Send
          </Do>
          <Do player={player} id={`propose-${name}`} action={{ kind: 'propose', process: number }}>
            Propose
          </Do>
          <Do
            player={player}
            id={`kill-${name}`}
            action={{ kind: 'kill-process', process: number }}
          >
            Kill
          </Do>
          <MoodChoice player={player} number={number} mood={member.mood} />
        </>
      ) : (
        <Do
          player={player}
          id={`start-${name}`}
          action={{ kind: 'start-process', process: number }}
        >
          Start
        </Do>
      )}
    </span>
  );
}

function MoodChoice({
  player,
  number,
  mood,
}: {
  readonly player: Player;
  readonly number: number;
  readonly mood: Mood;
}) {
  return (
    <select
      id={`mood-${letterOf(number)}`}
      aria-label={`How ${letterOf(number)} votes`}
      title="How it votes"
      value={mood}
      onChange={({ currentTarget }) => {
        const chosen = moods.find((each) => each === currentTarget.value);
        if (chosen !== undefined) player.act({ kind: 'mood', process: number, mood: chosen });
      }}
    >
      {moods.map((each) => (
        <option key={each}>{each}</option>
      ))}
    </select>
  );
}
