export { EventQueue } from './event-queue.js';
export { Agreed, type Word } from './invariants/agreed.js';
export { type Awaited, isPassedOver } from './invariants/barrier.js';
export { type List, type ListChange, listProblems } from './invariants/lists.js';
export {
  causeProblems,
  isOverruled,
  isSaid,
  type Outcome,
  type OutcomeCause,
} from './invariants/outcome.js';
export { type Change, changeAt } from './invariants/state-fold.js';
export { type Directive, parseDirective, replayScenario, replayStepwise } from './scenario.js';
export { type VirtualClock, VirtualHost } from './virtual-host.js';
export { type Scheduled, VirtualTime } from './virtual-time.js';
