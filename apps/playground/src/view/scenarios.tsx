import type { Player } from '../player.js';
import type { Action } from '../stage/actions.js';

/** What is worth seeing, one button each; every one of them is a list of actions as visitors do them. */
export function Scenarios({ player }: { readonly player: Player }) {
  player.told.value;
  return (
    <nav class="scenarios" aria-label="Things to try">
      <span class="try">Try:</span>
      {SCENARIOS.map(({ id, title, hint, actions }) => (
        <button
          type="button"
          key={id}
          id={id}
          title={hint}
          onClick={() => player.actAll(actions(player))}
        >
          {title}
        </button>
      ))}
    </nav>
  );
}

interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly actions: (player: Player) => readonly Planned[];
}

type Planned = { readonly afterMs: number; readonly action: Action };

const SCENARIOS: readonly Scenario[] = [
  {
    id: 'kill-leader',
    title: 'Kill the leader',
    hint: 'The daemon that orders the messages dies; another takes over.',
    actions: (player) => [now({ kind: 'kill', daemon: leaderOf(player) })],
  },
  {
    id: 'isolate-leader',
    title: 'Cut the leader off',
    hint: 'It lives, but nobody hears it. Silence has to be noticed.',
    actions: (player) => cutsOf(player, leaderOf(player)).map(now),
  },
  {
    id: 'pause-leader',
    title: 'Pause it for 5 s',
    hint: 'It comes back late and has to learn that others went on.',
    actions: (player) => {
      const daemon = leaderOf(player);
      return [
        now({ kind: 'pause', daemon }),
        { afterMs: 5_000, action: { kind: 'resume', daemon } },
      ];
    },
  },
  {
    id: 'vote',
    title: 'Put it to the vote',
    hint: 'A process proposes a new state value, and all members vote.',
    actions: (player) => [now({ kind: 'propose', process: voterOf(player) })],
  },
  {
    id: 'voter-dies',
    title: 'A voter dies',
    hint: 'Its vote is the default vote, and the protocol ends all the same.',
    actions: (player) => {
      const process = voterOf(player);
      const members = player.run.crew.map((_, index) => index + 1);
      const other = members.find((each) => each !== process && player.run.crew[each - 1]?.isUp);
      return [
        now({ kind: 'mood', process: other ?? 2, mood: 'is silent' }),
        now({ kind: 'propose', process }),
        { afterMs: 1_500, action: { kind: 'kill-process', process: other ?? 2 } },
      ];
    },
  },
  {
    id: 'kill-name-server',
    title: 'Kill the name server',
    hint: 'Nothing stops; only lists cannot change until it is back.',
    actions: () => [now({ kind: 'kill', daemon: 0 })],
  },
  {
    id: 'repair',
    title: 'Repair everything',
    hint: 'Mends all links and starts whoever is down.',
    actions: repairs,
  },
];

function now(action: Action): Planned {
  return { afterMs: 0, action };
}

/** The number of the daemon that leads, as far as anybody knows. */
export function leaderOf({ story }: Player): number {
  return Number(story.takeover.leader?.slice(1) ?? 1);
}

/** A process that is a member of the group. */
function voterOf({ run }: Player): number {
  return Math.max(1, run.crew.findIndex(({ provider }) => provider !== undefined) + 1);
}

/** Everything that would cut a daemon off. */
export function cutsOf({ run }: Player, daemon: number): readonly Action[] {
  return Array.from({ length: run.daemons + 1 }, (_, other) => other)
    .filter((other) => other !== daemon && !run.isCut(daemon, other))
    .map((other) => ({ kind: 'cut', a: daemon, b: other }));
}

export function mendsOf({ run }: Player, daemon: number): readonly Action[] {
  return Array.from({ length: run.daemons + 1 }, (_, other) => other)
    .filter((other) => other !== daemon && run.isCut(daemon, other))
    .map((other) => ({ kind: 'heal', a: daemon, b: other }));
}

function repairs(player: Player): readonly Planned[] {
  const { run } = player;
  const actions: Action[] = [];
  for (let number = 0; number <= run.daemons; number += 1) {
    if (run.standing(number) === 'down') actions.push({ kind: 'start', daemon: number });
    if (run.standing(number) === 'paused') actions.push({ kind: 'resume', daemon: number });
    for (let other = number + 1; other <= run.daemons; other += 1) {
      if (run.isCut(number, other)) actions.push({ kind: 'heal', a: number, b: other });
    }
    const member = run.crew[number - 1];
    if (member === undefined) continue;
    if (!member.isUp) actions.push({ kind: 'start-process', process: number });
    if (member.mood !== 'approves') {
      actions.push({ kind: 'mood', process: number, mood: 'approves' });
    }
  }
  return actions.map(now);
}
