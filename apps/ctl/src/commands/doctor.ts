import { defineCommand } from '../command/define.js';
import { diagnosisText, findingsOf } from '../doctor/findings.js';
import { gather } from '../doctor/gather.js';
import { CommandFailure, EXIT_STATUS } from '../exit-status.js';
import { also, othersOf } from './also.js';

export const doctorCommand = defineCommand({
  words: 'doctor',
  description: 'look for what is wrong, or will be: exit status 1 if there is something',
  details:
    'Asks the daemon of --endpoint, and whatever else answers at --also. Files, limits and clocks can be\n' +
    'looked at only on the machine that gsctl runs on.',
  operands: {},
  options: {
    also,
  },
  run: async ({ config, withDaemon, report }) => {
    const found = await withDaemon((daemon) => gather(daemon, othersOf(config)));
    const findings = findingsOf(found);
    const looked = found.programs.map(({ where }) => where);
    await report({ json: { looked, findings }, text: diagnosisText(looked, findings) });
    if (findings.length > 0) throw new CommandFailure(EXIT_STATUS.failed, count(findings.length));
  },
});

function count(n: number): string {
  return n === 1 ? 'one finding' : `${n} findings`;
}
