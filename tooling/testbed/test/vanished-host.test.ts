import { describe, expect } from 'vitest';
import { NAME_SERVER } from '../src/domain/domain.js';
import { Member } from '../src/domain/member.js';
import { tcp } from '../src/domain/transports.js';
import { cannotRun, NODES, test } from './harness/test.js';

const CLIENTS = 'tcp://0.0.0.0:7500';

/**
 * A process that reaches its daemon over TCP from a host of its own, which then vanishes: its connection
 * stays half open. The host of the name server is that host, so no link between daemons is cut.
 */
describe.skipIf(cannotRun)('a process whose host vanishes', () => {
  for (const traffic of [false, true]) {
    const when = traffic ? 'with messages on their way to it' : 'in a quiet group';
    test(`M32: is removed ${when}, and joins again when it is back`, async ({
      bed,
      startDomain,
    }) => {
      const domain = await startDomain({ transport: tcp, daemon: ['--client', CLIENTS] });
      const endpoint = `tcp://${bed.address('n2')}:7500`;
      const far = new Member(bed, NAME_SERVER, { endpoint, group: 'g', instance: 'far' }, 'n2');
      await far.join();
      const near = NODES.map((node) => domain.member(node));
      const names = near.map(({ name }) => name);
      await domain.member('n1').listsNodes([...names, far.name]);
      const { life } = far;
      if (traffic) await domain.flow();
      await bed.cut({ from: 'n2', to: NAME_SERVER });
      await bed.cut({ from: NAME_SERVER, to: 'n2' });
      await domain.member('n1').listsNodes(names);
      expect(await far.endOf(life)).toBe('connection-lost');
      await bed.heal();
      await far.joinsAgainAfter(life);
      await Promise.all(near.map((member) => member.listsNodes([...names, far.name])));
      for (const member of traffic ? near : []) await member.rest();
    });
  }
});
