import { NEVER } from '@group-services/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { NodeHost } from './node-host.js';

describe('NodeHost', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('never runs a deferred task in the caller’s stack frame', () => {
    const ran: string[] = [];
    new NodeHost().defer(() => ran.push('task'));
    ran.push('caller');
    vi.runAllTimers();
    expect(ran).toEqual(['caller', 'task']);
  });

  it('fires at the instant or later, once', () => {
    const host = new NodeHost();
    const fire = vi.fn();
    host.setTimer(host.now() + 10.5, fire);
    vi.advanceTimersByTime(10);
    expect(fire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fire).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1000);
    expect(fire).toHaveBeenCalledTimes(1);
  });

  it('fires soon for an instant that has passed', () => {
    const host = new NodeHost();
    const fire = vi.fn();
    host.setTimer(host.now() - 100, fire);
    expect(fire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fire).toHaveBeenCalledTimes(1);
  });

  it('has one timer, that the latest call replaces', () => {
    const host = new NodeHost();
    const [first, later, earlier] = [vi.fn(), vi.fn(), vi.fn()];
    host.setTimer(host.now() + 10, first);
    host.setTimer(host.now() + 30, later);
    vi.advanceTimersByTime(20);
    expect(later).not.toHaveBeenCalled();
    host.setTimer(host.now() + 5, earlier);
    vi.advanceTimersByTime(100);
    expect([first, later, earlier].map((one) => one.mock.calls.length)).toEqual([0, 0, 1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is cleared by NEVER and then keeps no process alive', () => {
    const host = new NodeHost();
    const fire = vi.fn();
    host.setTimer(host.now() + 10, fire);
    host.setTimer(NEVER, fire);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(100);
    expect(fire).not.toHaveBeenCalled();
  });

  it('reaches a deadline beyond the longest delay of a timer', () => {
    const host = new NodeHost();
    const fire = vi.fn();
    const distance = 2 ** 31 + 5000;
    host.setTimer(host.now() + distance, fire);
    vi.advanceTimersByTime(distance - 1);
    expect(fire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fire).toHaveBeenCalledTimes(1);
  });

  it('may set its timer again while it fires', () => {
    const host = new NodeHost();
    const again = vi.fn();
    host.setTimer(host.now() + 1, () => host.setTimer(host.now() + 1, again));
    vi.advanceTimersByTime(2);
    expect(again).toHaveBeenCalledTimes(1);
  });
});
