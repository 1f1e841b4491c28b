import type { DeadlineReached, Engine, Instant } from '@group-services/core';
import type { VirtualHost } from '@group-services/testkit';

/** How much time one input costs a process at present; nothing unless it is loaded. */
export class Burden {
  inputMs = 0;
}

/** What is cheap, as a share of what is not: a heartbeat, or a look at the clock. */
const CHEAP = 1 / 20;

/** The engine of a process whose inputs take time: while one is worked on, what comes in and is due waits. */
export function burdened<Input extends { readonly kind: string }, Output>(
  engine: Engine<Input | DeadlineReached, Output>,
  host: VirtualHost,
  options: { readonly burden: Burden; readonly isUrgent?: (input: Input) => boolean },
): Engine<Input | DeadlineReached, Output> {
  const { burden, isUrgent } = options;
  const isCheap = (input: Input | DeadlineReached): boolean =>
    input.kind === 'deadlineReached' || isUrgent?.(input as Input) === true;
  return {
    step: (input: Input | DeadlineReached, now: Instant): readonly Output[] => {
      if (burden.inputMs > 0) host.spend(burden.inputMs * (isCheap(input) ? CHEAP : 1));
      return engine.step(input, now);
    },
    deadline: () => engine.deadline(),
  };
}
