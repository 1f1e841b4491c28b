import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { families } from '../samples/families.js';
import { goldenFile, parse, render } from './hex.js';

const explanation = `The bytes on the wire changed. Daemons of different releases meet during an upgrade, so
this is allowed only (1) before the first release, or (2) with a new wire version: raise
WIRE_VERSION.max in src/version.ts, keep writing the old form to peers that agreed on the
old version, keep the old golden files and add new ones. See docs/WIRE.md, "Changing the
format". Only then write the files again (vitest -u) and say in the commit what changed.`;

/** Compares with the golden files; run with and without native acceleration. */
export function goldenSuite(): void {
  describe.each(families)('$name', (family) => {
    test('is written as the golden file says', async () => {
      await expect(render(family), explanation).toMatchFileSnapshot(goldenFile(family));
    });

    test('is read from the golden file', () => {
      const golden = parse(readFileSync(goldenFile(family), 'utf8'));
      expect([...golden.keys()]).toEqual(family.samples.map(({ name }) => name));
      for (const { name, message } of family.samples) {
        const decoded = family.decode(golden.get(name) ?? new Uint8Array(0));
        expect(decoded, name).toEqual({ ok: true, value: message });
      }
    });
  });
}
