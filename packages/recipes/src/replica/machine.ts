import type { GroupView } from '@group-services/client';

/** Where an action stands in the order. */
export interface ActionContext {
  /** The member that dispatched it. */
  readonly from: string;
  /** Whether that was this one. */
  readonly isOwn: boolean;
}

/**
 * A state that changes only by actions in the group's order. Every member has one and must come to the
 * same state by the same actions: no clock, no randomness, nothing from outside.
 */
export interface Machine {
  /**
   * Applies an action. What it returns is the answer for whoever dispatched it; a throw refuses the action
   * everywhere, and must have changed nothing.
   */
  apply(action: Uint8Array, context: ActionContext): unknown;
  /** The list from here on, oldest first, with its fence; whoever is not in it is gone for good. */
  members(list: Pick<GroupView, 'providers' | 'fence'>): void;
  /** The whole state. */
  save(): Uint8Array;
  /** Becomes what another member has saved. */
  load(state: Uint8Array): void;
}
