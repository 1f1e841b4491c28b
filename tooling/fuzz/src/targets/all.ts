import type { Target } from '../target.js';
import { adminTargets } from './admin.js';
import { datagramTargets } from './datagrams.js';
import { fileTargets } from './files.js';
import { frameTargets } from './frames.js';
import { storeTargets } from './store.js';

/** Everything that reads bytes or text of peers, processes and operators. */
export const TARGETS: readonly Target[] = [
  ...frameTargets,
  ...datagramTargets,
  ...storeTargets,
  ...fileTargets,
  ...adminTargets,
];
