import type { Flight } from '@group-services/simulation';
import type { Player } from '../player.js';
import { letterOf } from '../stage/listening.js';
import { placeOf } from '../stage/run.js';
import { kindOf } from './flight-kinds.js';
import { leaderOf } from './scenarios.js';

/** The domain as it stands: daemons around the name server, their processes, links, and what flies. */
export function DomainMap({ player }: { readonly player: Player }) {
  player.frame.value;
  const { run } = player;
  const spots = spotsOf(run.daemons);
  return (
    <svg class="map" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-label="The domain">
      {pairsOf(run.daemons).map(([a, b]) => (
        <Link key={`${a}-${b}`} player={player} a={a} b={b} spots={spots} />
      ))}
      <Flights player={player} spots={spots} />
      <NameServer standing={run.standing(0)} />
      {run.crew.map((_, index) => (
        <Node key={placeOf(index + 1)} player={player} number={index + 1} spots={spots} />
      ))}
    </svg>
  );
}

const WIDTH = 640;
const HEIGHT = 400;
const MIDDLE: Spot = { x: WIDTH / 2, y: HEIGHT / 2 };

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** By number; 0 is the name server, in the middle. */
function spotsOf(daemons: number): readonly Spot[] {
  const around = Array.from({ length: daemons }, (_, index) => {
    const angle = -Math.PI / 2 + (2 * Math.PI * index) / daemons;
    return { x: MIDDLE.x + 205 * Math.cos(angle), y: MIDDLE.y + 135 * Math.sin(angle) };
  });
  return [MIDDLE, ...around];
}

function pairsOf(daemons: number): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  for (let a = 0; a <= daemons; a += 1) {
    for (let b = a + 1; b <= daemons; b += 1) pairs.push([a, b]);
  }
  return pairs;
}

function numberOf(place: string): number {
  return place === 'ns' ? 0 : Number(place.slice(1));
}

/** Links between daemons bend around the name server, so that each can be pressed. */
function bendOf(a: Spot, b: Spot, isWithNameServer: boolean): Spot {
  const half = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  if (isWithNameServer) return half;
  const away = { x: half.x - MIDDLE.x, y: half.y - MIDDLE.y };
  const distance = Math.hypot(away.x, away.y);
  if (distance > 45) return half;
  const side = distance < 1 ? { x: -(b.y - a.y), y: b.x - a.x } : away;
  const length = Math.hypot(side.x, side.y) || 1;
  return { x: MIDDLE.x + (side.x / length) * 90, y: MIDDLE.y + (side.y / length) * 90 };
}

function along(a: Spot, bend: Spot, b: Spot, t: number): Spot {
  const u = 1 - t;
  return {
    x: u * u * a.x + 2 * u * t * bend.x + t * t * b.x,
    y: u * u * a.y + 2 * u * t * bend.y + t * t * b.y,
  };
}

function Link({
  player,
  a,
  b,
  spots,
}: {
  readonly player: Player;
  readonly a: number;
  readonly b: number;
  readonly spots: readonly Spot[];
}) {
  const from = spots[a] ?? MIDDLE;
  const to = spots[b] ?? MIDDLE;
  const bend = bendOf(from, to, a === 0);
  const isCut = player.run.isCut(a, b);
  const path = `M${from.x},${from.y} Q${bend.x},${bend.y} ${to.x},${to.y}`;
  const turn = (): void => player.act({ kind: isCut ? 'heal' : 'cut', a, b });
  const name = `${placeOf(a)} and ${placeOf(b)}`;
  const half = along(from, bend, to, 0.5);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a line of a picture cannot be a button element
    <g
      class={`link ${a === 0 ? 'to-ns' : ''} ${isCut ? 'cut' : ''}`}
      id={`link-${a}-${b}`}
      role="button"
      tabIndex={0}
      aria-pressed={isCut}
      aria-label={isCut ? `mend the link of ${name}` : `cut the link of ${name}`}
      onClick={turn}
      onKeyDown={({ key }) => {
        if (key === 'Enter' || key === ' ') turn();
      }}
    >
      <path class="hit" d={path} />
      <path class="line" d={path} />
      {isCut ? (
        <text class="cross" x={half.x} y={half.y + 6}>
          ✕
        </text>
      ) : null}
    </g>
  );
}

function Flights({ player, spots }: { readonly player: Player; readonly spots: readonly Spot[] }) {
  const { run } = player;
  const flying = run.flights.filter(
    ({ sentAt, arrivesAt, isCut }) =>
      sentAt <= run.now && run.now < (isCut ? sentAt + LOST_FOR_MS : arrivesAt),
  );
  return (
    <g class="flights">
      {flying.map((flight, index) => (
        <Dot
          key={`${flight.from}${flight.to}${flight.sentAt}${index}`}
          player={player}
          flight={flight}
          spots={spots}
        />
      ))}
    </g>
  );
}

/** How long one is seen that runs into a cut. */
const LOST_FOR_MS = 140;

function Dot({
  player,
  flight,
  spots,
}: {
  readonly player: Player;
  readonly flight: Flight;
  readonly spots: readonly Spot[];
}) {
  const a = numberOf(flight.from);
  const b = numberOf(flight.to);
  const from = spots[a] ?? MIDDLE;
  const to = spots[b] ?? MIDDLE;
  const bend = bendOf(from, to, a === 0 || b === 0);
  const { sentAt, arrivesAt } = flight;
  const { now } = player.run;
  const isLost = flight.isCut || player.run.isCut(a, b);
  const span = flight.isCut ? LOST_FOR_MS : Math.max(1, arrivesAt - sentAt);
  const part = Math.min(1, (now - sentAt) / span);
  const spot = along(from, bend, to, isLost ? Math.min(0.45, part) : part);
  const kind = kindOf(flight);
  const radius = kind === 'sign of life' ? 2 : kind === 'bookkeeping' ? 2.6 : 5;
  const colour = isLost ? 'lost' : kind.replaceAll(' ', '-');
  return <circle class={`flight ${colour}`} cx={spot.x} cy={spot.y} r={radius} />;
}

function NameServer({ standing }: { readonly standing: string }) {
  return (
    <g class={`node ns ${standing}`}>
      <rect x={MIDDLE.x - 46} y={MIDDLE.y - 20} width={92} height={40} rx={10} />
      <text x={MIDDLE.x} y={MIDDLE.y - 1}>
        name server
      </text>
      <text class="sub" x={MIDDLE.x} y={MIDDLE.y + 13}>
        {standing === 'up' ? 'says who leads' : standing}
      </text>
    </g>
  );
}

function Node({
  player,
  number,
  spots,
}: {
  readonly player: Player;
  readonly number: number;
  readonly spots: readonly Spot[];
}) {
  const { run, story } = player;
  const spot = spots[number] ?? MIDDLE;
  const standing = run.standing(number);
  const member = run.crew[number - 1];
  const name = placeOf(number);
  const view = story.time.lane(name).views.at(-1);
  const isLeader = standing !== 'down' && leaderOf(player) === number;
  const outside = spot.x > MIDDLE.x + 20 ? 1 : spot.x < MIDDLE.x - 20 ? -1 : 1;
  const sub =
    standing === 'up'
      ? view?.version === undefined
        ? 'in no view'
        : `view ${view.version}`
      : standing;
  const process = member?.isUp !== true ? 'down' : member.provider === undefined ? 'joining' : 'up';
  return (
    <g class={`node ${standing} ${isLeader ? 'leader' : ''}`}>
      <circle cx={spot.x} cy={spot.y} r={30} />
      <text x={spot.x} y={spot.y - 1}>
        {isLeader ? `★ ${name}` : name}
      </text>
      <text class="sub" x={spot.x} y={spot.y + 13}>
        {sub}
      </text>
      <g class={`process hue-${number} ${process}`}>
        <line x1={spot.x + outside * 30} y1={spot.y} x2={spot.x + outside * 44} y2={spot.y} />
        <rect x={spot.x + outside * 60 - 16} y={spot.y - 16} width={32} height={32} rx={8} />
        <text x={spot.x + outside * 60} y={spot.y + 5}>
          {letterOf(number)}
        </text>
      </g>
    </g>
  );
}
