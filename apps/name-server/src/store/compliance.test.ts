import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@group-services/runtime';
import { onTestFinished } from 'vitest';
import { storeCompliance } from '../../test/compliance.js';
import { FileStore } from './file-store.js';
import { MemoryStore } from './memory-store.js';

storeCompliance('memory', {
  keeps: false,
  make: () => ({ open: async () => new MemoryStore() }),
});

storeCompliance('a directory', {
  keeps: true,
  make: () => {
    const directory = mkdtempSync(join(tmpdir(), 'gsns-store-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const logger = createLogger({ name: 'gsns', pretty: false, destination: { write: () => {} } });
    return { open: () => FileStore.open(directory, logger) };
  },
});
