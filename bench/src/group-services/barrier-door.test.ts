import { describe, expect, it } from 'vitest';
import { BarrierDoor } from './barrier-door.js';

describe('BarrierDoor', () => {
  it('approves at once when the member is there already', () => {
    const door = new BarrierDoor();
    door.enter();
    expect(door.ballot()).toBe('approve');
  });

  it('keeps the vote back until the member comes', async () => {
    const door = new BarrierDoor();
    let voted = false;
    const vote = Promise.resolve(door.ballot()).then((value) => {
      voted = true;
      return value;
    });
    await Promise.resolve();
    expect(voted).toBe(false);
    door.enter();
    expect(await vote).toBe('approve');
  });

  it('does not take the member to be at the next barrier because it was at the last', () => {
    const door = new BarrierDoor();
    door.enter();
    void door.ballot();
    door.open();
    expect(door.ballot()).toBeInstanceOf(Promise);
  });
});
