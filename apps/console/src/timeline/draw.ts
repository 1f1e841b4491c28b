import type { Mark, Phase, Protocol } from '../model/history.js';
import { timeText } from '../model/words.js';
import type { Lane, Scene } from './lanes.js';

export const LANE_HEIGHT = 26;
export const HEAD_HEIGHT = 34;
/** For the bars of protocols, above the lanes of providers. */
export const BAND_HEIGHT = 44;
/** More protocols than these in view have no labels and simple marks. */
const FINE_MAX = 300;

export interface View {
  readonly width: number;
  readonly height: number;
  /** Width of the names at the left. */
  readonly gutter: number;
  readonly from: number;
  readonly to: number;
  readonly looked: { readonly group: string; readonly id: string } | undefined;
}

/** Colours by what they mean; see `console.css`. */
export type Colours = Readonly<Record<string, string>>;

/** Where a protocol was drawn. */
export interface Hit {
  readonly protocol: Protocol;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Pen {
  readonly canvas: CanvasRenderingContext2D;
  readonly view: View;
  readonly colours: Colours;
  readonly isFine: boolean;
  readonly x: (at: number) => number;
}

/** Draws all of it anew and tells where the protocols are. */
export function drawTimeline(
  canvas: CanvasRenderingContext2D,
  scene: Scene,
  { view, colours }: { readonly view: View; readonly colours: Colours },
): readonly Hit[] {
  const { width, height, gutter, from, to } = view;
  const scale = (width - gutter) / (to - from);
  const inView = scene.protocols.filter(
    ({ startedAt, endedAt }) => startedAt <= to && (endedAt ?? to) >= from,
  );
  const x = (at: number): number => gutter + (at - from) * scale;
  const pen: Pen = { canvas, view, colours, isFine: inView.length <= FINE_MAX, x };
  canvas.clearRect(0, 0, width, height);
  canvas.font = '12px system-ui, sans-serif';
  canvas.textBaseline = 'middle';
  drawGrid(pen);
  canvas.save();
  canvas.beginPath();
  canvas.rect(gutter, 0, width - gutter, height);
  canvas.clip();
  const top = HEAD_HEIGHT + (scene.kind === 'providers' ? BAND_HEIGHT : 0);
  drawPresence(pen, scene.lanes, top);
  const places = new Map(scene.lanes.map(({ name }, at) => [name, top + at * LANE_HEIGHT]));
  const hits = inView.flatMap((protocol) => {
    const y = scene.kind === 'providers' ? HEAD_HEIGHT + 9 : (places.get(protocol.group) ?? -1) + 4;
    return y < HEAD_HEIGHT ? [] : [drawProtocol(pen, protocol, y)];
  });
  if (scene.kind === 'providers') {
    for (const protocol of inView) drawVotes(pen, protocol, places);
  }
  for (const mark of scene.marks) if (mark.at >= from && mark.at <= to) drawMark(pen, mark);
  canvas.restore();
  drawNames(pen, scene.lanes, top);
  return hits;
}

function drawGrid({ canvas, view, colours, x }: Pen): void {
  const { from, to, height, gutter, width } = view;
  const step = stepOf(to - from, width - gutter);
  canvas.strokeStyle = colours['grid'] ?? '';
  canvas.fillStyle = colours['quiet'] ?? '';
  canvas.lineWidth = 1;
  canvas.textAlign = 'center';
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    const place = Math.round(x(at)) + 0.5;
    canvas.beginPath();
    canvas.moveTo(place, HEAD_HEIGHT - 8);
    canvas.lineTo(place, height);
    canvas.stroke();
    if (place > gutter + 24 && place < width - 24) canvas.fillText(timeText(at), place, 12);
  }
}

function stepOf(span: number, width: number): number {
  const steps = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000];
  return steps.find((step) => (step * width) / span >= 86) ?? 300_000;
}

function drawPresence(
  { canvas, colours, view, x }: Pen,
  lanes: readonly Lane[],
  top: number,
): void {
  canvas.fillStyle = colours['presence'] ?? '';
  for (const [at, { presence }] of lanes.entries()) {
    const y = top + at * LANE_HEIGHT;
    for (const { from, to } of presence) {
      const left = from === undefined ? view.gutter : Math.max(view.gutter, x(from));
      const right = to === undefined ? view.width : Math.min(view.width, x(to));
      if (right > left) roundRect(canvas, { left, right, y: y + 5, height: LANE_HEIGHT - 10 });
    }
  }
}

function drawNames({ canvas, colours, view }: Pen, lanes: readonly Lane[], top: number): void {
  canvas.textAlign = 'left';
  canvas.fillStyle = colours['surface'] ?? '';
  canvas.fillRect(0, 0, view.gutter, view.height);
  for (const [at, { name, presence }] of lanes.entries()) {
    const isHere = presence.some(({ to }) => to === undefined);
    canvas.fillStyle = colours[isHere ? 'text' : 'quiet'] ?? '';
    const y = top + at * LANE_HEIGHT + LANE_HEIGHT / 2;
    canvas.fillText(fitted(canvas, name, view.gutter - 14), 4, y);
  }
}

function fitted(canvas: CanvasRenderingContext2D, text: string, width: number): string {
  if (canvas.measureText(text).width <= width) return text;
  let end = text.length - 1;
  while (end > 1 && canvas.measureText(`${text.slice(0, end)}…`).width > width) end -= 1;
  return `${text.slice(0, end)}…`;
}

function drawProtocol(pen: Pen, protocol: Protocol, y: number): Hit {
  const { canvas, colours, view, x } = pen;
  const height = 18;
  const left = x(protocol.startedAt);
  const right = Math.max(left + 4, x(protocol.endedAt ?? view.to));
  const isLooked = view.looked?.id === protocol.id && view.looked.group === protocol.group;
  const tone = protocol.outcome ?? 'running';
  canvas.fillStyle = colours[protocol.what === 'failure' ? 'failure' : tone] ?? '';
  if (!protocol.isVoted) {
    diamond(canvas, left, y + height / 2);
  } else if (pen.isFine) {
    drawPhases(pen, protocol, { y, height });
    canvas.fillStyle = colours['on-bar'] ?? '';
    canvas.textAlign = 'left';
    const from = Math.max(left, view.gutter) + 7;
    if (right - from > 50) {
      canvas.fillText(fitted(canvas, protocol.what, right - from - 4), from, y + height / 2 + 0.5);
    }
  } else {
    canvas.fillRect(left, y, right - left, height);
  }
  const box = { x: left, y, width: right - left, height };
  if (isLooked) {
    canvas.strokeStyle = colours['text'] ?? '';
    canvas.lineWidth = 2;
    canvas.strokeRect(box.x - 2, box.y - 2, box.width + 4, box.height + 4);
  }
  return { protocol, ...box };
}

/** Every other phase is paler. */
function drawPhases(
  { canvas, view, x }: Pen,
  { phases, startedAt }: Protocol,
  { y, height }: { readonly y: number; readonly height: number },
): void {
  for (const [at, phase] of phases.entries()) {
    const left = x(at === 0 ? startedAt : phase.from);
    const right = Math.max(left + 3, x(phase.to ?? view.to));
    canvas.globalAlpha = at % 2 === 0 ? 1 : 0.72;
    roundRect(canvas, { left, right, y, height });
  }
  canvas.globalAlpha = 1;
}

function drawVotes(pen: Pen, protocol: Protocol, places: ReadonlyMap<string, number>): void {
  const { phases, proposer, startedAt } = protocol;
  const { canvas, colours, x } = pen;
  for (const phase of phases) drawVotesOf(pen, phase, places);
  const y = proposer === undefined ? undefined : places.get(proposer);
  if (y === undefined || !pen.isFine) return;
  canvas.strokeStyle = colours['quiet'] ?? '';
  canvas.lineWidth = 1.5;
  canvas.beginPath();
  canvas.moveTo(x(startedAt), HEAD_HEIGHT + 27);
  canvas.lineTo(x(startedAt), y + LANE_HEIGHT / 2);
  canvas.stroke();
}

function drawVotesOf(
  { canvas, colours, x, isFine }: Pen,
  { votes }: Phase,
  places: ReadonlyMap<string, number>,
): void {
  for (const [provider, { value, at }] of votes) {
    const y = places.get(provider);
    if (y === undefined) continue;
    canvas.fillStyle = colours[value] ?? '';
    if (isFine) {
      canvas.beginPath();
      canvas.arc(x(at), y + LANE_HEIGHT / 2, 4.5, 0, 2 * Math.PI);
      canvas.fill();
    } else {
      canvas.fillRect(x(at) - 1, y + 8, 2, LANE_HEIGHT - 16);
    }
  }
}

const FLAGS: Readonly<Record<Mark['kind'], string>> = {
  failure: '✕',
  takeover: '♛',
  view: '≡',
  suspected: '!',
  alive: '♥',
  notice: 'i',
};

function drawMark({ canvas, colours, view, x }: Pen, { at, kind }: Mark): void {
  const place = Math.round(x(at)) + 0.5;
  canvas.strokeStyle = colours[kind] ?? colours['quiet'] ?? '';
  canvas.fillStyle = canvas.strokeStyle;
  canvas.lineWidth = kind === 'view' ? 1 : 2;
  canvas.setLineDash(kind === 'view' ? [3, 4] : []);
  canvas.beginPath();
  canvas.moveTo(place, HEAD_HEIGHT - 4);
  canvas.lineTo(place, view.height);
  canvas.stroke();
  canvas.setLineDash([]);
  canvas.textAlign = 'center';
  canvas.fillText(FLAGS[kind], place, HEAD_HEIGHT - 11);
}

function diamond(canvas: CanvasRenderingContext2D, x: number, y: number): void {
  canvas.beginPath();
  canvas.moveTo(x, y - 7);
  canvas.lineTo(x + 6, y);
  canvas.lineTo(x, y + 7);
  canvas.lineTo(x - 6, y);
  canvas.fill();
}

function roundRect(
  canvas: CanvasRenderingContext2D,
  box: {
    readonly left: number;
    readonly right: number;
    readonly y: number;
    readonly height: number;
  },
): void {
  canvas.beginPath();
  canvas.roundRect(box.left, box.y, box.right - box.left, box.height, 5);
  canvas.fill();
}
