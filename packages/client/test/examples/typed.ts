import {
  connect,
  defineGroup,
  GroupServicesError,
  type StandardSchema,
} from '@group-services/client';

interface Progress {
  readonly done: number;
  readonly total: number;
}

// Any Standard Schema does: zod, valibot, arktype, or one written by hand.
const progress: StandardSchema<Progress> = {
  '~standard': {
    version: 1,
    vendor: 'example',
    validate: (value) =>
      typeof value === 'object' && value !== null && 'done' in value && 'total' in value
        ? { value }
        : { issues: [{ message: 'expected { done, total }' }] },
  },
};

const crew = defineGroup({ name: 'crew', state: progress });

const services = await connect();
const worker = await services.join(crew);
const before = worker.stateValue; // Progress | undefined
try {
  const next = { done: (before?.done ?? 0) + 1, total: 10 };
  await worker.changeState(next, { ifState: before ?? null });
} catch (error) {
  if (!(error instanceof GroupServicesError) || error.code !== 'STATE_CHANGED') throw error;
  console.log('somebody else was faster');
}
await services.close();
