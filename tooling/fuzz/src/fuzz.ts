#!/usr/bin/env node
import { parseArgs } from 'node:util';

import { fuzz, sharesOf } from './run.js';
import { TARGETS } from './targets/all.js';

/** `npm run fuzz -- --inputs N [--target NAME] [--seed S]`: shared by all readers, evenly but for slow ones. */

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    target: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});
const inputs = Number(values.inputs);
const seed = Number(values.seed);
const chosen = TARGETS.filter(({ name }) => values.target === undefined || name === values.target);
if (!Number.isInteger(inputs) || inputs < 1 || !Number.isInteger(seed) || chosen.length === 0) {
  const names = TARGETS.map(({ name }) => name).join(', ');
  process.stderr.write(
    `usage: npm run fuzz -- --inputs N [--target NAME] [--seed S]\ntargets: ${names}\n`,
  );
  process.exit(2);
}

let found = 0;
const shares = sharesOf(chosen, inputs);
for (const [index, target] of chosen.entries()) {
  const outcome = await fuzz(target, shares[index] ?? 0, seed);
  const share = ((100 * outcome.accepted) / outcome.inputs).toFixed(1);
  process.stdout.write(
    `${target.name.padEnd(18)} ${outcome.inputs} inputs, ${outcome.perSecond}/s, ${share} % accepted, ${outcome.findings.length} findings\n`,
  );
  for (const finding of outcome.findings) {
    found += 1;
    process.stdout.write(
      `  seed ${finding.seed}, input ${finding.number}: ${finding.input}\n  ${finding.why}\n`,
    );
  }
}
process.stdout.write(`seed ${seed}: ${found === 0 ? 'nothing found' : `${found} findings`}\n`);
process.exitCode = found === 0 ? 0 : 1;
