import { expect } from 'vitest';
import { CuttableWay } from './harness/cuttable-way.js';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';
import { bytes, join, listsAre } from './harness/watched.js';

for (const isolation of ['continue', 'suspend']) {
  test(`a leader that alone cannot reach the name server does not hold its group: ${isolation}`, async ({
    startDomain,
  }) => {
    const domain = await startDomain({
      nodes: ['n2', 'n3', 'n4'],
      nameServer: ['--lease', '1s', '--isolation', isolation],
    });
    const way = await CuttableWay.to(domain.nameServer.address);
    try {
      await domain.daemon('n1').start('--name-server', way.address);
      const one = await join(await domain.connect('n1'), 'g', { instance: 'a' });
      const two = await join(await domain.connect('n2'), 'g', { instance: 'b' });
      const three = await join(await domain.connect('n3'), 'g', { instance: 'c' });
      await listsAre([one, two, three], ['n1/a', 'n2/b', 'n3/c']);
      way.cut();
      // Nothing is mended from here on.
      const four = await join(await domain.connect('n4'), 'g', { instance: 'd' });
      await domain.daemon('n3').program.kill();
      if (isolation === 'continue') {
        await listsAre([one, two, four], ['n1/a', 'n2/b', 'n4/d']);
        await one.handle.send(bytes('still here'), { delivery: 'safe' });
        expect(one.of('removed')).toEqual([]);
      } else {
        await listsAre([two, four], ['n2/b', 'n4/d']);
        await two.handle.send(bytes('go on'), { delivery: 'safe' });
        expect(one.of('removed')).toEqual([]);
        // It stood still all the time, and hears why when it can.
        way.mend();
        await eventually('n1 learns that it is out', () => one.of('removed').length > 0);
      }
    } finally {
      await way.close();
    }
  });
}
