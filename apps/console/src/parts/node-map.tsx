import type { NodeState } from '../model/domain-nodes.js';
import { durationText } from '../model/words.js';

/** A node on the map; `heardMsAgo` is of the link with the one whose page this is. */
export interface MapNode {
  readonly node: string;
  readonly state: NodeState;
  readonly leads: number;
  readonly heardMsAgo: number | null;
  readonly isLinked: boolean;
}

const WIDTH = 420;
const HEIGHT = 270;
const CENTRE = { x: WIDTH / 2, y: HEIGHT / 2 };
const RADIUS = { x: 150, y: 92 };
/** More than these are a list, and no picture. */
export const MAP_MAX = 12;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The name server in the middle, nodes around it, and the links that are seen from here. */
export function NodeMap({ nodes, nameServer }: { nodes: readonly MapNode[]; nameServer: boolean }) {
  if (nodes.length > MAP_MAX) return null;
  const placed = nodes.map((node, at) => ({ ...node, ...placeOf(at, nodes.length) }));
  const here = placed.find(({ state }) => state === 'here');
  return (
    <svg class="node-map" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={inWords(nodes)}>
      {placed.map((node) => (
        <line
          key={`ns-${node.node}`}
          class={`lease ${nameServer ? node.state : 'gone'}`}
          x1={CENTRE.x}
          y1={CENTRE.y}
          x2={node.x}
          y2={node.y}
        />
      ))}
      {here === undefined
        ? null
        : placed
            .filter(({ isLinked }) => isLinked)
            .map((node) => <Link key={`link-${node.node}`} from={here} to={node} node={node} />)}
      <g class={`map-ns ${nameServer ? 'alive' : 'gone'}`}>
        <rect x={CENTRE.x - 21} y={CENTRE.y - 21} width="42" height="42" rx="11" />
        <text x={CENTRE.x} y={CENTRE.y + 4}>
          gsns
        </text>
      </g>
      {placed.map((node) => (
        <Circle key={node.node} node={node} />
      ))}
    </svg>
  );
}

function Circle({ node }: { node: MapNode & Place }) {
  const { x, y, state, leads } = node;
  return (
    <g class={`map-node ${state}`}>
      <circle cx={x} cy={y} r="25" />
      <text x={x} y={y + 4.5}>
        {node.node.length > 7 ? `${node.node.slice(0, 6)}…` : node.node}
      </text>
      {leads > 0 ? (
        <g class="map-leads">
          <circle cx={x + 19} cy={y - 19} r="10" />
          <text x={x + 19} y={y - 15}>
            {leads}
          </text>
        </g>
      ) : null}
    </g>
  );
}

function Link({ from, to, node }: { from: Place; to: Place; node: MapNode }) {
  const bend = outwards(from, to);
  const isWell = node.state === 'alive';
  const label = node.heardMsAgo === null ? 'never heard' : durationText(node.heardMsAgo);
  const at = { x: (from.x + to.x) / 4 + bend.x / 2, y: (from.y + to.y) / 4 + bend.y / 2 };
  return (
    <g class={`map-link ${isWell ? 'good' : 'bad'}`}>
      <path d={`M${from.x} ${from.y}Q${bend.x} ${bend.y} ${to.x} ${to.y}`} />
      {isWell ? null : (
        <text x={at.x} y={at.y}>
          silent {label}
        </text>
      )}
    </g>
  );
}

/** The first at the left, the others around with the clock. */
function placeOf(at: number, count: number): Place {
  const angle = Math.PI + (2 * Math.PI * at) / Math.max(1, count);
  return {
    x: CENTRE.x + RADIUS.x * Math.cos(angle),
    y: CENTRE.y + RADIUS.y * Math.sin(angle),
  };
}

/** Links bend around the middle. */
function outwards(from: Place, to: Place): Place {
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  let dx = middle.x - CENTRE.x;
  let dy = middle.y - CENTRE.y;
  if (Math.hypot(dx, dy) < 20) {
    dx = to.y - from.y;
    dy = from.x - to.x;
  }
  const length = Math.hypot(dx, dy) || 1;
  return { x: middle.x + (dx / length) * 46, y: middle.y + (dy / length) * 46 };
}

function inWords(nodes: readonly MapNode[]): string {
  const words: Readonly<Record<NodeState, string>> = {
    here: 'this one',
    alive: 'alive',
    silent: 'not heard',
    gone: 'gone',
    stopped: 'stopped',
  };
  return `Nodes: ${nodes.map(({ node, state }) => `${node} ${words[state]}`).join(', ')}`;
}
