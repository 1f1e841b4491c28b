import type { Happening } from '../stage/happenings.js';
import { Narrator } from './narrator.js';
import { OrderLanes } from './order-lanes.js';
import { TakeoverSteps } from './takeover-steps.js';
import { TimeLanes } from './time-lanes.js';

/** Everything that is shown of a run, made from what happens in it and from nothing else. */
export class Story {
  readonly narrator = new Narrator();
  readonly takeover = new TakeoverSteps();
  readonly order = new OrderLanes();
  readonly time = new TimeLanes();
  /** When something was going on last for which a visitor wants to look closely. */
  #eventfulAt = Number.NEGATIVE_INFINITY;

  hear(happening: Happening): void {
    this.narrator.hear(happening);
    this.takeover.hear(happening);
    this.order.hear(happening);
    this.time.hear(happening);
    if (EVENTFUL.has(happening.kind)) this.#eventfulAt = happening.at;
  }

  /** Whether time should pass slowly, for the eye. */
  isEventful(now: number): boolean {
    return this.takeover.isRunning || now - this.#eventfulAt < LOOK_FOR_MS;
  }
}

const LOOK_FOR_MS = 250;
const EVENTFUL: ReadonlySet<Happening['kind']> = new Set([
  'suspects',
  'claims',
  'accepted',
  'asks',
  'promises',
  'took-over',
  'proposes',
  'ballot',
  'votes',
  'down',
]);
