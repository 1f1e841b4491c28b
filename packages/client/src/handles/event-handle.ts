import type { AnyEvent } from '../api/events.js';
import type { GroupTypes } from '../api/group-types.js';
import type { Handle, HandleStatus } from '../api/handles.js';
import type { WaitOptions } from '../api/options.js';
import type { GroupView } from '../api/protocol.js';
import {
  checkCallback,
  checkSignal,
  optionalMilliseconds,
  optionsOf,
  unknownName,
} from '../arguments/arguments.js';
import { WAIT_OPTIONS } from '../arguments/option-names.js';
import { CallSite } from '../values/call-site.js';
import type { ErrorSink } from '../values/error-sink.js';
import { HandleModel, type HandleModelOptions } from './handle-model.js';
import { attempt } from './proposals.js';
import { Waits } from './waits.js';

/** What providers and subscriptions have in common: the fields, and those who listen or wait. */
export abstract class EventHandle<E extends AnyEvent> implements Handle<GroupTypes, E> {
  readonly group: string;
  protected readonly model: HandleModel;
  readonly #errors: ErrorSink;
  readonly #eventTypes: readonly string[];
  readonly #waits = new Waits();

  constructor(options: HandleModelOptions, eventTypes: readonly E['type'][]) {
    this.group = options.group;
    this.model = new HandleModel(options);
    this.#errors = options.errors;
    this.#eventTypes = eventTypes;
  }

  get view(): GroupView {
    return this.model.view;
  }

  get stateValue(): unknown {
    return this.model.stateValue;
  }

  on<T extends E['type']>(
    type: T,
    handler: (event: Extract<E, { readonly type: T }>) => void,
  ): () => void {
    try {
      if (!this.#eventTypes.includes(type)) throw unknownName('type', type, this.#eventTypes);
      checkCallback('handler', handler);
    } catch (error) {
      this.#errors.report(error);
      return () => {};
    }
    // The fan calls a handler with events of its own type only.
    return this.model.fan.on(type, handler as (event: AnyEvent) => void);
  }

  when(test: (handle: this) => boolean, options?: WaitOptions): Promise<void> {
    return attempt(() => {
      const { signal, timeout } = optionsOf(options, WAIT_OPTIONS);
      checkCallback('test', test);
      checkSignal(signal);
      optionalMilliseconds('timeout', timeout);
      const site = new CallSite(attempt);
      return this.#waits.until({ test: () => test(this), signal, timeout, site });
    });
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<E> {
    // No frame for a handle makes an event that is not for its kind.
    return this.model.fan.iterate() as AsyncIterableIterator<AnyEvent> as AsyncIterableIterator<E>;
  }

  abstract status(): HandleStatus;

  /** Whoever waits looks again: something was taken in, and promises were settled. */
  protected lookAgain(): void {
    this.#waits.look();
  }

  /** No event follows: who still waits is told so. */
  protected endWaits(error: () => Error): void {
    this.#waits.end(error);
  }
}
