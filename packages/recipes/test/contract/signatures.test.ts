import { expect, expectTypeOf, it } from 'vitest';
import * as recipes from '../../src/index.js';
import type { Design } from './signatures.js';

// The compiler compares each recipe with the signature that the design gives it; nothing is run.

interface Stock {
  readonly screws: number;
}
interface By {
  readonly by: number;
}
interface Value {
  readonly text: string;
}
type Designed = Design<Stock, By, Value>;

/** Recipes with types of their own, as a program names them. */
const typed = {
  replicated: recipes.replicated<Stock, By>,
  map: recipes.map<Value>,
  queue: recipes.queue<Value>,
  once: recipes.once<Value>,
  rollout: recipes.rollout<Value>,
  presence: recipes.presence<Value>,
  scatter: recipes.scatter<Value, By>,
};

it('has every recipe with the signature of the design', () => {
  expectTypeOf(recipes.elect).toExtend<Designed['elect']>();
  expectTypeOf(recipes.singleton).toExtend<Designed['singleton']>();
  expectTypeOf(recipes.mutex).toExtend<Designed['mutex']>();
  expectTypeOf(recipes.semaphore).toExtend<Designed['semaphore']>();
  expectTypeOf(recipes.rwlock).toExtend<Designed['rwlock']>();
  expectTypeOf(recipes.barrier).toExtend<Designed['barrier']>();
  expectTypeOf(recipes.partition).toExtend<Designed['partition']>();
  expectTypeOf(typed.replicated).toExtend<Designed['replicated']>();
  expectTypeOf(typed.map).toExtend<Designed['map']>();
  expectTypeOf(typed.queue).toExtend<Designed['queue']>();
  expectTypeOf(typed.once).toExtend<Designed['once']>();
  expectTypeOf(typed.rollout).toExtend<Designed['rollout']>();
  expectTypeOf(recipes.rollingRestart).toExtend<Designed['rollingRestart']>();
  expectTypeOf(typed.presence).toExtend<Designed['presence']>();
  expectTypeOf(typed.scatter).toExtend<Designed['scatter']>();
});

it('leaves none of them out', () => {
  // Beyond the design there are two, thin on barriers.
  type Missing = Exclude<keyof Designed, keyof typeof recipes>;
  type Beyond = Exclude<keyof typeof recipes, keyof Designed>;
  expectTypeOf<Missing>().toEqualTypeOf<never>();
  expectTypeOf<Beyond>().toEqualTypeOf<'countdown' | 'phaser'>();
  expect(Object.keys(recipes)).toHaveLength(17);
});

it('ends with its block, where it stands for something', () => {
  expectTypeOf<Awaited<ReturnType<typeof recipes.barrier>>>().toExtend<AsyncDisposable>();
  expectTypeOf<Awaited<ReturnType<typeof recipes.countdown>>>().toExtend<AsyncDisposable>();
  expectTypeOf<Awaited<ReturnType<typeof recipes.phaser>>>().toExtend<AsyncDisposable>();
  expectTypeOf<Awaited<ReturnType<typeof recipes.rwlock>>>().toExtend<AsyncDisposable>();
  expectTypeOf<Awaited<ReturnType<typeof recipes.rollingRestart>>>().toExtend<AsyncDisposable>();
  expectTypeOf<Awaited<ReturnType<typeof typed.map>>>().toExtend<AsyncDisposable>();
  expectTypeOf<Awaited<ReturnType<typeof typed.queue>>>().toExtend<AsyncDisposable>();
  expectTypeOf<Awaited<ReturnType<typeof typed.rollout>>>().toExtend<AsyncDisposable>();
  expectTypeOf<Awaited<ReturnType<typeof typed.presence>>>().toExtend<AsyncDisposable>();
  expectTypeOf<Awaited<ReturnType<typeof typed.scatter>>>().toExtend<AsyncDisposable>();
});
