export { EventQueue } from './event-queue.js';
export { type Directive, parseDirective, replayScenario, replayStepwise } from './scenario.js';
export { type VirtualClock, VirtualHost } from './virtual-host.js';
export { type Scheduled, VirtualTime } from './virtual-time.js';
