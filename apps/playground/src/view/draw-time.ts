import type { Player } from '../player.js';
import { placeOf } from '../stage/run.js';
import type { TimeLane, ViewSpan } from '../story/time-lanes.js';
import { kindOf } from './flight-kinds.js';

/** Draws the lanes of time on a canvas: too many lines at a time for elements of a page. */
export function drawTime(canvas: HTMLCanvasElement, player: Player): void {
  const context = canvas.getContext('2d');
  const { clientWidth: width, clientHeight: height } = canvas;
  if (context === null || width === 0) return;
  const ratio = devicePixelRatio;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const spanMs = width < 600 ? 2_500 : 5_000;
  const now = player.run.now;
  const scale = (width - LEFT - RIGHT) / spanMs;
  const picture: Picture = {
    context,
    style: getComputedStyle(canvas),
    from: now - spanMs,
    now,
    x: (at) => LEFT + (at - (now - spanMs)) * scale,
    width,
  };
  drawSeconds(picture, height);
  for (let number = 0; number <= player.run.daemons; number += 1) drawLane(picture, player, number);
  drawFlights(picture, player);
  drawNow(picture, height);
}

/** Of the canvas, in pixels. */
export function heightFor(daemons: number): number {
  return (daemons + 1) * LANE_HEIGHT + 24;
}

const LANE_HEIGHT = 44;
const LEFT = 40;
const RIGHT = 26;
const BAND = 18;

interface Picture {
  readonly context: CanvasRenderingContext2D;
  readonly style: CSSStyleDeclaration;
  readonly from: number;
  readonly now: number;
  readonly x: (at: number) => number;
  readonly width: number;
}

function colour({ style }: Picture, name: string): string {
  return style.getPropertyValue(`--${name}`);
}

function middleOf(number: number): number {
  return number * LANE_HEIGHT + LANE_HEIGHT / 2;
}

function drawSeconds(picture: Picture, height: number): void {
  const { context, from, now, x } = picture;
  context.font = '11px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  for (let second = Math.max(0, Math.ceil(from / 1000)); second * 1000 <= now; second += 1) {
    context.strokeStyle = colour(picture, 'faint');
    context.lineWidth = 1;
    line(context, x(second * 1000), 0, x(second * 1000), height - 20);
    context.fillStyle = colour(picture, 'soft');
    context.fillText(`${second} s`, x(second * 1000), height - 6);
  }
}

function drawNow(picture: Picture, height: number): void {
  const { context, now, x } = picture;
  context.strokeStyle = colour(picture, 'accent');
  context.lineWidth = 1.5;
  line(context, x(now), 0, x(now), height - 20);
}

function drawLane(picture: Picture, player: Player, number: number): void {
  const { context, width } = picture;
  const place = placeOf(number);
  const y = middleOf(number);
  const lane = player.story.time.lane(place);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.font = '600 13px system-ui, sans-serif';
  context.fillStyle = colour(picture, 'text');
  context.fillText(place, 6, y);
  context.strokeStyle = colour(picture, 'faint');
  context.lineWidth = 1;
  line(context, LEFT, y, width - RIGHT, y);
  if (number === 0) drawStandings(picture, lane, y, { at: 0, standing: 'up' });
  else drawStandings(picture, lane, y, undefined);
  drawViews(picture, lane, y, place);
  drawMarks(picture, lane, y);
}

function drawStandings(
  picture: Picture,
  { standings }: TimeLane,
  y: number,
  first: TimeLane['standings'][number] | undefined,
): void {
  const { context, now } = picture;
  const all = first === undefined ? standings : [first, ...standings];
  for (const [index, { at, standing }] of all.entries()) {
    const until = all[index + 1]?.at ?? now;
    if (until < picture.from || standing === 'down') continue;
    const [left, right] = clipped(picture, at, until);
    context.fillStyle = colour(picture, standing === 'paused' ? 'paused' : 'alive');
    context.fillRect(left, y - BAND / 2, right - left, BAND);
  }
}

function drawViews(picture: Picture, { views }: TimeLane, y: number, place: string): void {
  for (const [index, view] of views.entries()) {
    const until = views[index + 1]?.at ?? picture.now;
    if (view.version === undefined || until < picture.from) continue;
    drawView(picture, view, y, { until, place });
  }
}

function drawView(
  picture: Picture,
  { at, version, leader, members }: ViewSpan,
  y: number,
  { until, place }: { readonly until: number; readonly place: string },
): void {
  const { context } = picture;
  const [left, right] = clipped(picture, at, until);
  context.fillStyle = colour(picture, `view-${(version ?? 0) % VIEW_COLOURS}`);
  context.globalAlpha = leader === place ? 1 : 0.62;
  context.beginPath();
  context.roundRect(left, y - BAND / 2, Math.max(1, right - left), BAND, 4);
  context.fill();
  context.globalAlpha = 1;
  context.font = '11px system-ui, sans-serif';
  context.fillStyle = colour(picture, 'on-view');
  const star = leader === place ? '★ ' : '';
  const texts = [`${star}view ${version}: ${members.join(' ')}`, `${star}view ${version}`, star];
  const fitting = texts.find((text) => context.measureText(text).width < right - left - 10);
  if (fitting !== undefined) context.fillText(fitting, left + 6, y + 0.5);
}

const VIEW_COLOURS = 6;

function drawMarks(picture: Picture, { marks }: TimeLane, y: number): void {
  const { context, x } = picture;
  context.textAlign = 'left';
  context.font = '600 11px system-ui, sans-serif';
  let free = 0;
  for (const { at, what, title } of marks) {
    if (at < picture.from) continue;
    context.fillStyle = colour(picture, MARK_COLOURS[what]);
    context.beginPath();
    context.arc(x(at), y, 4.5, 0, 2 * Math.PI);
    context.fill();
    // One text after the other; which is in the way of the one before is left out.
    const length = context.measureText(title).width;
    const left = Math.min(x(at) - 4, picture.width - RIGHT - length);
    if (left < free) continue;
    context.fillText(title, left, y - BAND / 2 - 6);
    free = left + length + 8;
  }
}

const MARK_COLOURS = {
  suspects: 'bad',
  claims: 'takeover',
  leads: 'good',
  accepts: 'list',
} as const;

function drawFlights(picture: Picture, player: Player): void {
  const { context, x, now, from } = picture;
  context.lineCap = 'round';
  for (const flight of player.run.flights) {
    if (flight.arrivesAt < from && flight.sentAt < from) continue;
    const kind = kindOf(flight);
    if (flight.isCut) {
      drawLost(picture, flight.sentAt, middleOf(numberOf(flight.from)));
      continue;
    }
    const part = Math.min(1, (now - flight.sentAt) / Math.max(1, flight.arrivesAt - flight.sentAt));
    const startY = middleOf(numberOf(flight.from));
    const endY = startY + (middleOf(numberOf(flight.to)) - startY) * part;
    const isFaint = kind === 'sign of life' || kind === 'bookkeeping';
    context.strokeStyle = colour(picture, kind.replaceAll(' ', '-'));
    context.globalAlpha = isFaint ? 0.28 : 0.85;
    context.lineWidth = isFaint ? 0.8 : 1.6;
    const endX = x(flight.sentAt + (flight.arrivesAt - flight.sentAt) * part);
    line(context, Math.max(LEFT, x(flight.sentAt)), startY, Math.max(LEFT, endX), endY);
  }
  context.globalAlpha = 1;
}

function drawLost(picture: Picture, at: number, y: number): void {
  const { context, x } = picture;
  if (x(at) < LEFT) return;
  context.strokeStyle = colour(picture, 'bad');
  context.globalAlpha = 0.5;
  context.lineWidth = 1;
  line(context, x(at) - 2, y + BAND / 2, x(at) + 2, y + BAND / 2 + 5);
  line(context, x(at) + 2, y + BAND / 2, x(at) - 2, y + BAND / 2 + 5);
}

function numberOf(place: string): number {
  return place === 'ns' ? 0 : Number(place.slice(1));
}

function clipped({ x, width }: Picture, at: number, until: number): readonly [number, number] {
  return [Math.max(LEFT, x(at)), Math.min(width - RIGHT, x(until))];
}

function line(
  context: CanvasRenderingContext2D,
  ...[fromX, fromY, toX, toY]: readonly [number, number, number, number]
): void {
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}
