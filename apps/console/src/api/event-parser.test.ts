import { expect, it } from 'vitest';
import { EventParser } from './event-parser.js';

it('reads events from pieces of any size, and skips signs of life', () => {
  const text =
    'event: hello\ndata: {"run":"r"}\n\n: still here\n\nid: r-1\ndata: one\n\nid: r-2\ndata: two\ndata: lines\n\n';
  const expected = [
    { event: 'hello', id: undefined, data: '{"run":"r"}' },
    { event: 'message', id: 'r-1', data: 'one' },
    { event: 'message', id: 'r-2', data: 'two\nlines' },
  ];
  for (const size of [1, 2, 7, 1_000]) {
    const parser = new EventParser();
    const events = [];
    for (let at = 0; at < text.length; at += size) {
      events.push(...parser.push(text.slice(at, at + size)));
    }
    expect(events).toEqual(expected);
  }
});
