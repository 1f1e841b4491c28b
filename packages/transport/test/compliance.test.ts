import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';

import {
  type ComplianceOptions,
  type ComplianceSubject,
  transportCompliance,
} from '../src/compliance.js';
import { MemoryNetwork } from '../src/memory.js';
import { tcp } from '../src/tcp.js';
import { tls } from '../src/tls.js';
import { udp } from '../src/udp.js';
import { unix } from '../src/unix.js';
import { NODE, testAuthority } from './certificates.js';

/** As any other runner would have it. */
function compliance(options: ComplianceOptions): void {
  describe(options.name, () => transportCompliance(options, it));
}

function overTcp(address: string): ComplianceSubject {
  return { here: tcp(), there: tcp(), freshAddress: () => address };
}

compliance({ name: 'tcp', create: () => overTcp('tcp://127.0.0.1:0') });

// Made once for all: it takes longer than the tests.
const credentials = await (await testAuthority()).issue(NODE);

compliance({
  name: 'tls',
  create: () => {
    const transport = tls({ credentials });
    return {
      here: transport,
      there: tls({ credentials }),
      freshAddress: () => 'tls://127.0.0.1:0',
    };
  },
});

compliance({
  name: 'udp',
  delivery: 'datagram',
  create: () => ({ here: udp(), there: udp(), freshAddress: () => 'udp://127.0.0.1:0' }),
});

interface InDirectory extends ComplianceSubject {
  readonly directory: string;
}

compliance({
  name: 'unix',
  create: async (): Promise<InDirectory> => {
    const directory = await mkdtemp(join(tmpdir(), 'gs-transport-'));
    let count = 0;
    const freshAddress = (): string => {
      count += 1;
      return `unix://${directory}/${count}.sock`;
    };
    return { here: unix(), there: unix(), freshAddress, directory };
  },
  destroy: async (subject) => {
    await rm((subject as InDirectory).directory, { recursive: true });
  },
});

compliance({
  name: 'memory',
  create: () => {
    const network = new MemoryNetwork();
    let count = 0;
    const freshAddress = (): string => {
      count += 1;
      return `memory://place-${count}`;
    };
    return { here: network.transport('here'), there: network.transport('there'), freshAddress };
  },
});
