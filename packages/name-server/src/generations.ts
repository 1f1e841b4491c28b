import { invariant } from '@group-services/core';
import type { Table } from './table.js';

/**
 * Gives each creation of a group a generation of its own (`internal-layer.md` §1).
 *
 * They grow over restarts: with a store from where the table ended, and without one because they are
 * counted from the wall-clock time of the start and from above everything that daemons tell.
 */
export class Generations {
  readonly #table: Table;
  #last: number;

  constructor(table: Table, epoch: number) {
    invariant(
      epoch >= 0 && epoch * GENERATIONS_PER_MS < GENERATION_MAX,
      'the epoch is a time in ms',
    );
    this.#table = table;
    this.#last = epoch * GENERATIONS_PER_MS;
  }

  /** A daemon knows this generation. False when it cannot be one. */
  hear(generation: number): boolean {
    if (generation > GENERATION_MAX) return false;
    this.#last = Math.max(this.#last, generation);
    return true;
  }

  next(): number {
    this.#last = Math.max(this.#last, this.#table.generation) + 1;
    return this.#last;
  }
}

/**
 * Generations a start may give out before it could meet those of a start one millisecond later. More
 * than a thousand groups per millisecond are formed by nobody.
 */
const GENERATIONS_PER_MS = 1000;

/**
 * The highest generation believed. Half of what a number holds exactly, so that a wrong one cannot
 * use up the rest.
 */
export const GENERATION_MAX: number = 2 ** 52;
