import { describe, expect, test } from 'vitest';
import {
  agreeOnWire,
  FEATURES,
  noCommonWire,
  WIRE_MINOR,
  WIRE_VERSION,
  type WireVersions,
  welcomeWire,
  wireOffer,
  wireOfWelcome,
} from './version.js';

/** What a program says whose format this is; of features it names one that we know and one that we do not. */
function offered(wire: WireVersions) {
  return { wire: { ...wire }, features: ['trace', 'later'] as 'trace'[] };
}

describe('two programs (B10)', () => {
  test.each([
    [
      { min: 1, max: 1 },
      { min: 1, max: 1 },
      { wire: 1, minor: 0 },
    ],
    [
      { min: 1, max: 1, minor: 2 },
      { min: 1, max: 1 },
      { wire: 1, minor: 0 },
    ],
    [
      { min: 1, max: 1, minor: 2 },
      { min: 1, max: 1, minor: 5 },
      { wire: 1, minor: 2 },
    ],
    // Whoever speaks a later version knows all that was ever added to the one before.
    [
      { min: 1, max: 1, minor: 4 },
      { min: 1, max: 2, minor: 1 },
      { wire: 1, minor: 4 },
    ],
    [
      { min: 1, max: 3, minor: 7 },
      { min: 2, max: 5, minor: 0 },
      { wire: 3, minor: 7 },
    ],
    [{ min: 1, max: 2 }, { min: 3, max: 4 }, undefined],
    [{ min: 5, max: 1 }, { min: 1, max: 9 }, undefined],
  ])('of %j and %j agree on %j', (a, b, agreed) => {
    const answers = [agreeOnWire(offered(a), offered(b)), agreeOnWire(offered(b), offered(a))];
    for (const answer of answers) {
      if (agreed === undefined) expect(answer).toBeUndefined();
      else expect(answer).toMatchObject(agreed);
    }
  });

  test('use a feature only when both name it and both speak the minor with which it came', () => {
    const old = wireOffer(0);
    const current = wireOffer();
    expect([...(agreeOnWire(current, current)?.features ?? [])]).toEqual(Object.keys(FEATURES));
    expect([...(agreeOnWire(current, old)?.features ?? [])]).toEqual([]);
    expect([...(agreeOnWire(old, current)?.features ?? [])]).toEqual([]);
    const unknown = { wire: current.wire, features: ['later'] };
    expect([...(agreeOnWire(current, unknown)?.features ?? [])]).toEqual([]);
    // It names what came later than what it speaks: that is not used either.
    const confused = { wire: old.wire, features: ['trace'] };
    expect([...(agreeOnWire(current, confused)?.features ?? [])]).toEqual([]);
  });

  test('know the same of their link, the one that dialled from the WELCOME', () => {
    for (const ours of [wireOffer(), wireOffer(0)]) {
      for (const theirs of [wireOffer(), wireOffer(0)]) {
        const agreed = agreeOnWire(ours, theirs);
        if (agreed === undefined) throw new Error('the same version is common');
        expect(wireOfWelcome(theirs, welcomeWire(agreed))).toEqual(agreed);
      }
    }
    const { max } = WIRE_VERSION;
    expect(wireOfWelcome(wireOffer(), { wire: max + 1, features: [] })).toBeUndefined();
  });
});

test('minor 0 is offered as it was when there were none', () => {
  expect(wireOffer(0)).toEqual({ wire: { min: 1, max: 1 }, features: [] });
  const features = ['trace', 'name-held', 'nodes', 'renew-digest'];
  expect(wireOffer()).toEqual({ wire: { min: 1, max: 1, minor: WIRE_MINOR }, features });
});

test('who cannot speak with whom is told both versions and what to upgrade', () => {
  const daemon = { who: 'this daemon', wire: { min: 1, max: 1, minor: 1 } };
  const other = { who: 'the process', wire: { min: 2, max: 3 } };
  expect(noCommonWire(daemon, other)).toBe(
    'no common wire version: this daemon speaks 1.1, the process 2 to 3.0; upgrade this daemon, which is the older one',
  );
  expect(noCommonWire(other, daemon)).toContain('upgrade this daemon, which');
});
