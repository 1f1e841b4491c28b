import { transportCompliance } from '@group-services/transport/compliance';
import { it } from 'vitest';

import { webSocket } from '../src/index.js';

transportCompliance(
  {
    name: 'websocket',
    create: () => ({
      here: webSocket(),
      there: webSocket(),
      freshAddress: () => 'ws://127.0.0.1:0',
    }),
  },
  it,
);
