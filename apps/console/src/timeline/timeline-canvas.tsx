import { useEffect, useRef } from 'preact/hooks';
import type { Protocol } from '../model/history.js';
import {
  BAND_HEIGHT,
  type Colours,
  drawTimeline,
  HEAD_HEIGHT,
  type Hit,
  LANE_HEIGHT,
} from './draw.js';
import type { Scene } from './lanes.js';
import { looked, move, pausedAt, spanMs, zoom } from './view.js';

/** Often enough to move smoothly to the eye, and seldom enough to leave the processor alone. */
const FRAME_MS = 100;

const COLOUR_NAMES = [
  ...['text', 'quiet', 'surface', 'grid', 'presence', 'on-bar', 'running', 'approved', 'rejected'],
  ...['approve', 'reject', 'continue', 'default', 'failure', 'takeover', 'view', 'suspected'],
  ...['alive', 'notice'],
];

/** The picture; what it shows can be read below it, and done with the buttons above it. */
export function TimelineCanvas({ scene, label }: { scene: Scene; label: string }) {
  const element = useRef<HTMLCanvasElement>(null);
  const latest = useRef(scene);
  latest.current = scene;
  useEffect(() => {
    const canvas = element.current;
    return canvas === null ? undefined : new Painter(canvas, () => latest.current).begin();
  }, []);
  const head = HEAD_HEIGHT + (scene.kind === 'providers' ? BAND_HEIGHT : 0);
  const height = head + Math.max(1, scene.lanes.length) * LANE_HEIGHT + 8;
  return (
    <canvas
      ref={element}
      class="timeline"
      role="img"
      aria-label={label}
      style={{ height: `${height}px` }}
    />
  );
}

/** Keeps one canvas painted, and understands the pointer. */
class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #scene: () => Scene;
  #hits: readonly Hit[] = [];
  #colours: Colours = {};
  #drag: { readonly x: number; readonly id: number } | undefined;
  #drawn = '';

  constructor(canvas: HTMLCanvasElement, scene: () => Scene) {
    this.#canvas = canvas;
    this.#scene = scene;
  }

  /** Answers how to end it. */
  begin(): () => void {
    const canvas = this.#canvas;
    this.#readColours();
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const recolour = (): void => this.#readColours();
    scheme.addEventListener('change', recolour);
    canvas.addEventListener('pointerdown', this.#onDown);
    canvas.addEventListener('pointermove', this.#onMove);
    canvas.addEventListener('pointerup', this.#onUp);
    canvas.addEventListener('wheel', this.#onWheel, { passive: false });
    const timer = setInterval(() => this.#paint(), FRAME_MS);
    this.#paint();
    return () => {
      clearInterval(timer);
      scheme.removeEventListener('change', recolour);
    };
  }

  #readColours(): void {
    const style = getComputedStyle(this.#canvas);
    const names = COLOUR_NAMES.map((name) => [name, style.getPropertyValue(`--t-${name}`).trim()]);
    this.#colours = Object.fromEntries(names) as Colours;
    this.#drawn = '';
  }

  #paint(): void {
    const canvas = this.#canvas;
    if (document.hidden) return;
    const { clientWidth: width, clientHeight: height } = canvas;
    const ratio = devicePixelRatio;
    const scene = this.#scene();
    const to = pausedAt.value ?? Date.now();
    const last = scene.protocols.at(-1);
    // Paused, there is nothing to do until something else is looked at.
    const now = `${to} ${spanMs.value} ${width} ${height} ${scene.lanes.length} ${scene.protocols.length} ${scene.marks.length} ${last?.outcome} ${looked.value?.id}`;
    if (width === 0 || (pausedAt.value !== undefined && now === this.#drawn)) return;
    this.#drawn = now;
    if (
      canvas.width !== Math.round(width * ratio) ||
      canvas.height !== Math.round(height * ratio)
    ) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const context = canvas.getContext('2d');
    if (context === null) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const gutter = width < 600 ? 76 : 150;
    const view = { width, height, gutter, from: to - spanMs.value, to, looked: looked.value };
    this.#hits = drawTimeline(context, scene, { view, colours: this.#colours });
  }

  readonly #onDown = (event: PointerEvent): void => {
    this.#drag = { x: event.offsetX, id: event.pointerId };
    this.#canvas.setPointerCapture(event.pointerId);
  };

  readonly #onMove = (event: PointerEvent): void => {
    const drag = this.#drag;
    if (drag === undefined || Math.abs(event.offsetX - drag.x) < 4) return;
    move(((drag.x - event.offsetX) * spanMs.value) / this.#canvas.clientWidth, Date.now());
    this.#drag = { ...drag, x: event.offsetX };
  };

  readonly #onUp = (event: PointerEvent): void => {
    this.#drag = undefined;
    const protocol = this.#at(event.offsetX, event.offsetY);
    if (protocol !== undefined) looked.value = { group: protocol.group, id: protocol.id };
  };

  readonly #onWheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && Math.abs(event.deltaX) < Math.abs(event.deltaY)) return;
    event.preventDefault();
    if (event.ctrlKey) zoom(Math.sign(event.deltaY));
    else move((event.deltaX * spanMs.value) / this.#canvas.clientWidth, Date.now());
  };

  #at(x: number, y: number): Protocol | undefined {
    return this.#hits.findLast(
      (hit) =>
        x >= hit.x - 5 && x <= hit.x + hit.width + 5 && y >= hit.y && y <= hit.y + hit.height,
    )?.protocol;
  }
}
